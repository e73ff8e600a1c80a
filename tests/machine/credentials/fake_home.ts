import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import type { DockerCredentialsOptions } from "../../../src/machine/credentials/credential_options.ts";
import { withTempDir } from "../../support/temp_dir.ts";

/** The `skip` option of a test that brings programs of its own. */
export const onWindows: string | false = process.platform === "win32" &&
  "the helpers of the tests are shell scripts";

/** A computer with nothing on it but what a test puts there. */
export interface FakeHome {
  /** The home directory. */
  readonly home: string;
  /** What keeps the look-up in there. */
  readonly options: DockerCredentialsOptions;
  /** The warnings so far. */
  readonly warnings: string[];
  /** Path of a file in the home directory. */
  path(name: string): string;
  /** Writes a file there: a text as it is, anything else as JSON. */
  write(name: string, content: unknown, mode?: number): string;
  /** Makes a helper `docker-credential-NAME` of a shell script. */
  helper(name: string, script: string): void;
}

/** Lends a computer with nothing on it. */
export async function withFakeHome(
  use: (home: FakeHome) => void | Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  await withTempDir(async (home) => {
    const warnings: string[] = [];
    const path = (name: string) => join(home, name);
    const write = (name: string, content: unknown, mode = 0o600) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(
        path(name),
        typeof content === "string" ? content : JSON.stringify(content),
        { mode },
      );
      return path(name);
    };
    await use({
      home,
      warnings,
      path,
      write,
      options: {
        home,
        cwd: home,
        env: {
          HOME: home,
          XDG_RUNTIME_DIR: path("run"),
          PATH: `${path("bin")}:${process.env.PATH}`,
          ...env,
        },
        onWarning: (text) => warnings.push(text),
      },
      helper: (name, script) => {
        write(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`, 0o755);
      },
    });
  });
}

/** What `auth` holds for a user name and a password of ASCII. */
export function basic(username: string, password: string): string {
  return btoa(`${username}:${password}`);
}
