import {
  type Application,
  type ApplicationText,
  buildApplication,
  buildRouteMap,
} from "@stricli/core";
import { version } from "../spec/version.ts";
import type { CommandDescription } from "./command_description.ts";
import { auth, authDescription } from "./commands/auth.ts";
import { build, buildDescription } from "./commands/build.ts";
import { cat, catDescription } from "./commands/cat.ts";
import { diff, diffDescription } from "./commands/diff.ts";
import { copy, copyDescription } from "./commands/copy.ts";
import { index, indexDescription } from "./commands/index_create.ts";
import { inspect, inspectDescription } from "./commands/inspect.ts";
import { ls, lsDescription } from "./commands/ls.ts";
import { login, loginDescription } from "./commands/login.ts";
import { logout, logoutDescription } from "./commands/logout.ts";
import { push, pushDescription } from "./commands/push.ts";
import { tags, tagsDescription } from "./commands/tags.ts";
import { verify, verifyDescription } from "./commands/verify.ts";
import type { CliContext } from "./context.ts";
import { renderCommandHelp, renderProgramHelp } from "./render_help.ts";

/** All commands, in the order of help. */
export const commandDescriptions: readonly CommandDescription[] = [
  pushDescription,
  buildDescription,
  copyDescription,
  indexDescription,
  inspectDescription,
  tagsDescription,
  lsDescription,
  catDescription,
  diffDescription,
  verifyDescription,
  loginDescription,
  logoutDescription,
  authDescription,
];

/** How far a slip may be from what was meant: `--lable`, but not `--foo`. */
const distanceOptions = {
  threshold: 4,
  weights: { insertion: 1, deletion: 3, substitution: 2, transposition: 0 },
};

/** Options of {@linkcode createApplication}. */
export interface CliApplicationOptions {
  /** What is printed where something is wrong. */
  readonly text: ApplicationText;
  /** The exit status for what a command failed with. */
  readonly determineExitCode: (error: unknown) => number;
}

/**
 * The commands as stricli runs them. What runs a command is loaded when it
 * runs, so that help and version come at once.
 */
export function createApplication(
  { text, determineExitCode }: CliApplicationOptions,
): Application<CliContext> {
  return buildApplication<CliContext>(
    buildRouteMap({
      routes: {
        push,
        build,
        copy,
        index,
        verify,
        inspect,
        tags,
        ls,
        cat,
        diff,
        login,
        logout,
        auth,
      },
      docs: { brief: "Builds container images from directories" },
    }),
    {
      name: "scratchbuild",
      scanner: { allowArgumentEscapeSequence: true, distanceOptions },
      documentation: { disableAnsiColor: true },
      localization: { text },
      determineExitCode,
    },
    {
      help: {
        flag: {
          brief: "Print help",
          aliases: ["h"],
          global: true,
          defaultForRouteMap: true,
          run(_application, { result }) {
            this.process.stdout.write(helpOf(result.prefix[1]));
          },
        },
      },
      version: {
        flag: {
          brief: "Print the version",
          run() {
            this.process.stdout.write(`${version}\n`);
          },
        },
      },
    },
  );
}

function helpOf(command: string | undefined): string {
  const description = commandDescriptions.find(({ name }) => name === command);
  return description
    ? renderCommandHelp(description)
    : renderProgramHelp(commandDescriptions);
}
