import { printable } from "../spec/printable.ts";
import type { ArrangedEntry } from "./arranged_entry.ts";
import { LayerError } from "./layer_error.ts";

/** The largest number that seven octal digits hold. */
const MAX_DEVICE = 0o7777777;
const MAX_OWNER = 0x7fffffff;

/** Go, and so Docker and podman, read no longer pax headers than 1 MiB. */
const MAX_PAX = (1 << 20) - 1024;

/**
 * Refuses an entry that no tar can hold, or that would read as another one.
 *
 * @throws {LayerError} Where a number is out of its range, or a text cannot be
 * written.
 */
export function checkEntry(entry: ArrangedEntry): void {
  const { path, mode, uid, gid, mtime, mtimeNanoseconds } = entry;
  const refuse = (why: string) => {
    throw new LayerError(path, why);
  };
  if (!isWithin(mode, 0o7777)) {
    refuse(`the mode ${mode} is not in 0 to 0o7777`);
  }
  if (!isWithin(uid, MAX_OWNER) || !isWithin(gid, MAX_OWNER)) {
    refuse(`the owner ${uid}:${gid} is not in 0 to ${MAX_OWNER}`);
  }
  if (!Number.isSafeInteger(mtime)) {
    refuse(`the time ${mtime} is not a whole number of seconds`);
  }
  if (!isWithin(mtimeNanoseconds, 999_999_999)) {
    refuse(
      `the nanoseconds ${mtimeNanoseconds} of its time are not in 0 to ` +
        "999999999",
    );
  }
  for (const [name, value] of Object.entries(entry.xattrs)) {
    checkAttribute(path, name, value);
  }
  checkLength(entry);
  if (entry.type === "symlink" || entry.type === "hardlink") {
    checkTarget(path, entry.target);
  }
  if (entry.type === "character-device" || entry.type === "block-device") {
    const { major, minor } = entry;
    if (!isWithin(major, MAX_DEVICE) || !isWithin(minor, MAX_DEVICE)) {
      refuse(
        `the device number ${major}:${minor} does not fit a tar, which ` +
          `holds 0 to ${MAX_DEVICE}; leave the device out`,
      );
    }
  }
  if ("body" in entry && !isWithin(entry.body.size, Number.MAX_SAFE_INTEGER)) {
    refuse(`the size ${entry.body.size} is not a number of bytes`);
  }
}

function checkLength(entry: ArrangedEntry): void {
  const target = "target" in entry ? entry.target : "";
  let length = 3 * (entry.path.length + (target?.length ?? 0));
  for (const [name, value] of Object.entries(entry.xattrs)) {
    length += 3 * name.length + value.byteLength;
  }
  if (length <= MAX_PAX) return;
  throw new LayerError(
    entry.path,
    "its names and extended attributes are longer than 1 MiB together, which " +
      "Docker and podman do not read; leave attributes out",
  );
}

function checkTarget(path: string, target: string): void {
  if (target && !target.includes("\0") && target.isWellFormed()) return;
  throw new LayerError(
    path,
    `the target of the link, "${
      printable(target ?? "")
    }", is empty, holds a NUL ` +
      "character or is not valid Unicode",
  );
}

function checkAttribute(path: string, name: string, value: unknown): void {
  if (name === "" || /[=\n\0]/.test(name) || !name.isWellFormed()) {
    throw new LayerError(
      path,
      `a tar cannot hold the extended attribute "${printable(name)}", ` +
        "because its name is empty or holds '=', a line end or a NUL " +
        "character; leave the attribute out",
    );
  }
  if (!(value instanceof Uint8Array)) {
    throw new LayerError(
      path,
      `the value of its extended attribute "${printable(name)}" is no ` +
        "Uint8Array; give its bytes",
    );
  }
}

function isWithin(value: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= max;
}
