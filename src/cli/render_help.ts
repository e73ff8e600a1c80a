import type { CommandDescription } from "./command_description.ts";
import {
  flagAliases,
  type FlagDescription,
  type FlagGroup,
} from "./flags/flag_group.ts";

const WIDTH = 80;
const INDENT = "  ";
/** Where what is said about a flag begins. */
const COLUMN = 28;

const HELP: FlagGroup = {
  title: "Help",
  flags: { help: { kind: "boolean", brief: "Print this help" } },
};

/** The help of one command. */
export function renderCommandHelp(command: CommandDescription): string {
  return [
    section("Usage", command.usage.map((usage) => `scratchbuild ${usage}`)),
    ...command.description.map((paragraph) => wrap(paragraph, WIDTH)),
    [
      "Arguments:",
      ...command.arguments.flatMap(([name, brief]) => row(name, brief)),
    ],
    ...[...command.groups, HELP].map(({ title, flags }) => [
      `${title}:`,
      ...Object.entries(flags).flatMap(([name, flag]) =>
        row(flagName(name, flag), flag.brief)
      ),
    ]),
    section(
      "Examples",
      command.examples.map((example) => `scratchbuild ${example}`),
    ),
  ].map((lines) => lines.join("\n")).join("\n\n") + "\n";
}

/** The help of the program. */
export function renderProgramHelp(
  commands: readonly CommandDescription[],
): string {
  return [
    ["scratchbuild builds container images from directories, without Docker."],
    section("Usage", ["scratchbuild COMMAND [ARGUMENTS] [FLAGS]"]),
    [
      "Commands:",
      ...commands.flatMap(({ name, brief }) => row(name, brief)),
    ],
    [
      "Flags:",
      ...row("-h, --help", "Print help, also behind a command"),
      ...row("    --version", "Print the version"),
    ],
    section(
      "Examples",
      commands.flatMap(({ examples }) =>
        examples.slice(0, 1).map((example) => `scratchbuild ${example}`)
      ),
    ),
  ].map((lines) => lines.join("\n")).join("\n\n") + "\n";
}

function section(title: string, lines: readonly string[]): string[] {
  return [`${title}:`, ...lines.map((line) => INDENT + line)];
}

function flagName(name: string, flag: FlagDescription): string {
  const letter = name === "help"
    ? "h"
    : Object.entries(flagAliases).find(([, long]) => long === name)?.[0];
  const value = flag.values?.join("|") ?? flag.placeholder;
  return (letter ? `-${letter}, ` : "    ") + `--${name}` +
    (value ? ` ${value}` : "");
}

/** A name and what it means beside it, or below it where the name is long. */
function row(name: string, brief: string): string[] {
  const [first = "", ...rest] = wrap(brief, WIDTH - COLUMN);
  const head = INDENT + name;
  const hanging = rest.map((line) => " ".repeat(COLUMN) + line);
  return head.length + 2 <= COLUMN
    ? [head.padEnd(COLUMN) + first, ...hanging]
    : [head, " ".repeat(COLUMN) + first, ...hanging];
}

/** Breaks a text into lines at its spaces. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
