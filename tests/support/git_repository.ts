import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { runOk } from "./run.ts";

/** A repository of git in a directory of a test, with fixed names and dates. */
export interface GitRepository {
  /** Its topmost directory. */
  readonly root: string;
  /** The environment that git runs with, apart from this computer's settings. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs git there. */
  readonly git: (...args: string[]) => Promise<string>;
  /** Writes a file, commits it, and gives the hash. */
  readonly commit: (name: string) => Promise<string>;
}

/** 2026-01-31T10:00:00Z. */
const DATE = "2026-01-31T12:00:00+02:00";

/** Makes an empty repository in an empty directory. */
export async function gitRepository(root: string): Promise<GitRepository> {
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: root,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_DATE: "2001-01-01T00:00:00Z",
    GIT_COMMITTER_DATE: DATE,
  };
  const git = (...args: string[]) =>
    runOk("git", ["-c", "user.name=A", "-c", "user.email=a@b", ...args], {
      cwd: root,
      env,
    });
  await git("init", "--quiet");
  return {
    root,
    env,
    git,
    async commit(name) {
      await writeFile(join(root, name), `${name}\n`);
      await git("add", name);
      await git("commit", "--quiet", "-m", name);
      return (await git("rev-parse", "HEAD")).trim();
    },
  };
}
