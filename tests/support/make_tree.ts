import { chmod, link, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const directories: [path: string, mode: number][] = [
  ["deep/er/and/deeper", 0o750],
  ["empty", 0o755],
  ["private", 0o700],
  ["sticky", 0o1777],
];

const long = "long-".repeat(30).slice(0, 140);
const files: [path: string, content: string | Uint8Array, mode: number][] = [
  ["B", "capitals sort before small letters\n", 0o644],
  ["a-b", "before the directory a\n", 0o644],
  ["a.b", "after a-b, before a/b\n", 0o644],
  ["a/b", "inside\n", 0o644],
  ["bin/tool", "#!/bin/sh\necho tool\n", 0o755],
  ["bin/raised", "#!/bin/sh\nid -u\n", 0o4755],
  ["deep/er/and/deeper/file", "deep\n", 0o640],
  ["empty-file", "", 0o600],
  [long, "a name over 100 bytes\n", 0o644],
  [`${long}-dir/${long}`, "a path over 255 bytes\n", 0o644],
  ["snow-☃", "not ASCII\n", 0o644],
  ["nfc-\u00fc", "one code point\n", 0o644],
  ["nfc-u\u0308", "two code points\n", 0o644],
  ["large.bin", pseudoRandom(3 * 1024 * 1024), 0o644],
];

const symlinks: [path: string, target: string][] = [
  ["link-relative", "bin/tool"],
  ["link-up", "a/../bin"],
  ["link-absolute", "/bin/tool"],
  ["link-dangling", "nowhere/at/all"],
  ["link-long", `${long}-dir/${long}`],
  ["link-☃", "snow-☃"],
];

const hardLinks: [path: string, existing: string][] = [
  ["deep/same-tool", "bin/tool"],
  ["another-tool", "bin/tool"],
];

/**
 * Writes a tree that holds what a container image has to carry: the same names,
 * modes and bytes each time.
 *
 * @param root An empty directory.
 */
export async function makeTree(root: string): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  for (const [path] of directories) {
    await mkdir(join(root, path), { recursive: true });
  }
  for (const [path, target] of symlinks) {
    await symlink(target, join(root, path));
  }
  for (const [path, existing] of hardLinks) {
    await link(join(root, existing), join(root, path));
  }
  for (const path of ["a", "bin", "deep", "deep/er", "deep/er/and"]) {
    await chmod(join(root, path), 0o755);
  }
  await chmod(join(root, `${long}-dir`), 0o755);
  for (const [path, , mode] of files) await chmod(join(root, path), mode);
  for (const [path, mode] of directories) await chmod(join(root, path), mode);
}

/** Bytes that do not compress and are the same each time (xorshift32). */
export function pseudoRandom(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 0x9e3779b9;
  for (let index = 0; index < length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state;
  }
  return bytes;
}
