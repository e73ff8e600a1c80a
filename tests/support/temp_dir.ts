import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Makes an empty directory, lends it, and removes it with all that is in it,
 * also when the test fails.
 */
export async function withTempDir<T>(
  use: (path: string) => T | Promise<T>,
): Promise<T> {
  const path = await realpath(
    await mkdtemp(join(tmpdir(), "scratchbuild-test-")),
  );
  try {
    return await use(path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}
