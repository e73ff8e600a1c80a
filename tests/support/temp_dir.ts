import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Makes an empty directory, lends it, and removes it with all that is in it,
 * also when the test fails.
 *
 * @param parent Where it is made.
 */
export async function withTempDir<T>(
  use: (path: string) => T | Promise<T>,
  parent: string = tmpdir(),
): Promise<T> {
  const path = await realpath(
    await mkdtemp(join(parent, "scratchbuild-test-")),
  );
  try {
    return await use(path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

/** Where many small files are made fast, if there is such a place. */
export function inMemory(): string {
  return existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
}
