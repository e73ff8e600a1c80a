import {
  chmod,
  link,
  lutimes,
  mkdir,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { runOk } from "./run.ts";

/** Devices, foreign owners and capabilities are for root to make. */
const isRoot = process.getuid?.() === 0;

const long = "n".repeat(255);
const nested = Array<string>(5).fill("p".repeat(90)).join("/");

/** Names that some tool took for another name, or could not write. */
const names = [
  ...["100-".padEnd(100, "a"), "101-".padEnd(101, "a"), long],
  `${nested}/longer than the prefix of a ustar header`,
  `${"q".repeat(155)}/${"r".repeat(100)}`,
  `${"s".repeat(156)}/t`,
  `${"deep/".repeat(150)}file`,
  ...["ü".repeat(50), "ü".repeat(120), "snow-☃", "emoji-😀"],
  ...["nfc-\u00fc", "nfd-u\u0308", "twin-\u00fc", "twin-u\u0308"],
  ...["case", "CASE", "Case"],
  ...["line\nbreak", "line\r\nbreak\n", "tab\there", "bell\x07", "del\x7f"],
  ...["back\\slash", "C:\\Windows", "C:", "a\\b/c\\d"],
  ...["trailing.", "trailing..", "...", "..dots", ".hidden", "a/...", "~"],
  ...[" space before", "space behind ", "-dash", "--option", "@at", "#hash"],
  ...["*", "?[a]", "!", "%s%n", "'quotes\"", "a=b", "$HOME", "`id`", "a,b"],
  ...["con", "aux.txt", "nul", "__proto__", "constructor", "12 path=x"],
];

const symlinks: [path: string, target: string][] = [
  ["links/to-file", "../case"],
  ["links/to-directory", "../modes"],
  ["links/dangling", "nowhere/at/all"],
  ["links/absolute", "/etc/passwd"],
  ["links/outside", "../../../../../etc"],
  ["links/loop-a", "loop-b"],
  ["links/loop-b", "loop-a"],
  ["links/itself", "itself"],
  ["links/to-here", "."],
  ["links/trailing-slash", "../modes/"],
  ["links/with-dots", "./.././modes//0711"],
  ["links/100", "t".repeat(100)],
  ["links/101", "t".repeat(101)],
  ["links/4095", "t/".repeat(2047) + "u"],
  ["links/unicode", `../${"ü".repeat(120)}`],
  ["links/newline", "../line\nbreak"],
  ["links/backslash", "..\\modes"],
];

const modes = [
  ...isRoot ? [0o000] : [],
  0o400,
  0o600,
  0o640,
  0o644,
  0o666,
  0o711,
  0o755,
  0o777,
]
  .concat([0o1644, 0o2755, 0o4755, 0o6755, 0o7777]);
const directoryModes = [0o700, 0o711, 0o750, 0o755, 0o777]
  .concat([0o1777, 0o2775, 0o3777])
  // Who is not root could not take the file out again.
  .concat(isRoot ? [0o000, 0o500] : []);

const hardLinks: [path: string, existing: string][] = [
  // The target comes later in the order of the names, and earlier.
  ["hard/a", "modes/4755"],
  ["zz-hard", "modes/4755"],
  ["hard/long", long],
  [`hard/${"ü".repeat(110)}`, "case"],
  // What stays of the file is the name that is not ignored.
  ["hard/of-ignored", "ignored/one"],
  ["hard/of-ignored-too", "ignored/one"],
];

/** Whole seconds, fractions, before 1970, after 2242. */
const times: [path: string, time: string][] = [
  ["times/whole", "@1234567890"],
  ["times/nanosecond", "@1234567890.000000001"],
  ["times/999999999", "@1234567890.999999999"],
  ["times/tenth", "@1234567890.1"],
  ["times/negative", "@-1"],
  ["times/negative-fraction", "@-1.25"],
  ["times/late", "@9000000000.5"],
];

const xattrs: [path: string, name: string, hex: string][] = [
  ["xattrs/text", "user.text", hexOf(new TextEncoder().encode("blue ü"))],
  ["xattrs/text", "user.second", "30"],
  [
    "xattrs/binary",
    "user.binary",
    hexOf(Uint8Array.from({ length: 256 }, (_, index) => index)),
  ],
  ["xattrs/record", "user.record", hexOf(new TextEncoder().encode("12 a=b\n"))],
  ["xattrs/directory", "user.directory", "00ff00"],
  ["xattrs/line\nbreak\\=", "user.name", "0a"],
  ["hard/a", "user.shared", "01"],
];

/**
 * Writes a tree that holds all that made some tool for images or archives fail:
 * names, links, modes, times, devices, pipes, holes and extended attributes.
 *
 * Below `ignored` is what a `.dockerignore` leaves out; a socket is no part of
 * any image. Whiteouts are another matter.
 *
 * @param root An empty directory of Linux.
 * @returns The paths that no image has.
 */
export async function makeDifficultTree(root: string): Promise<string[]> {
  const at = (path: string) => join(root, path);
  const write = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), content);
  };
  for (const name of names) await write(name, `${name}\n`);
  for (const size of [0, 1, 511, 512, 513, (1 << 20) + 1]) {
    await write(`sizes/${size}`, new Uint8Array(size).fill(7));
  }
  for (const mode of modes) await write(`modes/${octal(mode)}`, octal(mode));
  await write("sparse/holes", "begin");
  await truncate(at("sparse/holes"), 3 << 20);
  await writeFile(at("sparse/holes"), "end", { flag: "a" });
  await write("sparse/hole", "");
  await truncate(at("sparse/hole"), 1 << 20);
  await write("ignored/one", "ignored\n");
  await write("ignored/two", "ignored too\n");
  await write(".dockerignore", "# not in the image\nignored\n");
  for (const [path] of times) await write(path, "");
  for (const [path] of xattrs) {
    if (path.endsWith("/directory")) await mkdir(at(path));
    else if (path !== "hard/a") await write(path, path);
  }
  await mkdir(at("directories/empty"), { recursive: true });
  for (const mode of directoryModes) {
    await write(`directories/${octal(mode)}/file`, "");
  }
  await mkdir(at("links"));
  for (const [path, target] of symlinks) await symlink(target, at(path));
  await mkdir(at("hard"));
  for (const [path, existing] of hardLinks) await link(at(existing), at(path));
  await makeNodes(root);
  for (const mode of modes) await chmod(at(`modes/${octal(mode)}`), mode);
  for (const [path, name, hex] of xattrs) {
    await runOk("setfattr", ["-h", "-n", name, "-v", `0x${hex}`, at(path)]);
  }
  if (isRoot) {
    await write("xattrs/ping", "#!/bin/sh\n");
    await chmod(at("xattrs/ping"), 0o755);
    await runOk("setcap", ["cap_net_raw=ep", at("xattrs/ping")]);
  }
  for (const [path, time] of times) {
    await runOk("touch", ["-h", "-d", time, at(path)]);
  }
  await lutimes(at("links/dangling"), 86_400, 86_400);
  for (const mode of directoryModes) {
    await chmod(at(`directories/${octal(mode)}`), mode);
  }
  return [".dockerignore", "ignored", "ignored/one", "ignored/two", "socket"];
}

/** What only other programs can make. */
async function makeNodes(root: string): Promise<void> {
  const nodes = join(root, "nodes");
  await mkdir(nodes);
  await runOk("mkfifo", ["-m", "0620", join(nodes, "pipe")]);
  const bind = "import socket, sys; " +
    "socket.socket(socket.AF_UNIX).bind(sys.argv[1])";
  await runOk("python3", ["-c", bind, "socket"], { cwd: root });
  if (!isRoot) return;
  await runOk("mknod", ["-m", "0666", join(nodes, "null"), "c", "1", "3"]);
  await runOk("mknod", ["-m", "0660", join(nodes, "loop"), "b", "7", "0"]);
  await runOk("mknod", [join(nodes, "large"), "c", "4095", "1048575"]);
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}
