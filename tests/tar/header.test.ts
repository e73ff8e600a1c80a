import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { unpackTar } from "modern-tar";
import { bytesSource, iterateStream } from "../../src/bytes/byte_source.ts";
import { concat } from "../../src/bytes/concat.ts";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import type { Entry, EntryAttributes } from "../../src/tar/entry.ts";
import { tarHeader } from "../../src/tar/header.ts";
import { tarBlocks, tarSize } from "../../src/tar/tar_blocks.ts";
import { skipWithout } from "../support/peers.ts";
import { runOk } from "../support/run.ts";

async function pack(entries: Entry[]): Promise<Uint8Array> {
  const arranged = await arrangeEntries(entries);
  const blocks: Uint8Array[] = [];
  for await (const block of iterateStream(tarBlocks(arranged))) {
    blocks.push(block);
  }
  const tar = concat(blocks);
  assert.equal(tar.length, tarSize(arranged));
  return tar;
}

/** The header of a file with these attributes, as bytes. */
async function headerOf(attributes: Partial<EntryAttributes>) {
  const [entry] = await arrangeEntries([
    { type: "file", path: "f", body: "", ...attributes },
  ]);
  return Buffer.from(tarHeader(entry!));
}

/** The pax records of a header, as text. */
async function recordsOf(attributes: Partial<EntryAttributes>) {
  const header = await headerOf(attributes);
  if (header.length === 512) return "";
  const size = parseInt(header.toString("latin1", 124, 135), 8);
  return header.toString("latin1", 512, 512 + size);
}

for (
  const [mtime, mtimeNanoseconds, expected] of [
    [0, 0, ""],
    [1, 500_000_000, "13 mtime=1.5\n"],
    [0, 1, "21 mtime=0.000000001\n"],
    [1_700_000_000, 123_456_789, "30 mtime=1700000000.123456789\n"],
    [7, 100, "19 mtime=7.0000001\n"],
    [-1, 500_000_000, "14 mtime=-0.5\n"],
    [-1, 999_999_999, "22 mtime=-0.000000001\n"],
    [-2, 250_000_000, "15 mtime=-1.75\n"],
    [-5, 0, "12 mtime=-5\n"],
    [2 ** 34, 0, "21 mtime=17179869184\n"],
    [2 ** 34, 7e8, "23 mtime=17179869184.7\n"],
    [Number.MIN_SAFE_INTEGER, 1, "37 mtime=-9007199254740990.999999999\n"],
  ] as const
) {
  test(`the time ${mtime} and ${mtimeNanoseconds} ns`, async () => {
    assert.equal(await recordsOf({ mtime, mtimeNanoseconds }), expected);
  });
}

test("extended attributes are records with their bytes, sorted", async () => {
  const capability = new Uint8Array([1, 0, 0, 2, 0, 4, 10, 0, 61, 255]);
  const records = await recordsOf({
    uid: 3_000_000,
    xattrs: {
      "user.ü": new Uint8Array(),
      "security.capability": capability,
      "user.b": new TextEncoder().encode("text"),
    },
  });
  const utf8 = (text: string) => Buffer.from(text).toString("latin1");
  assert.equal(
    records,
    "47 SCHILY.xattr.security.capability=" +
      Buffer.from(capability).toString("latin1") + "\n" +
      "28 SCHILY.xattr.user.b=text\n" +
      utf8("25 SCHILY.xattr.user.ü=\n") +
      "15 uid=3000000\n",
  );
});

test("the header of a hard link leaves extended attributes to its file", async () => {
  const arranged = await arrangeEntries([
    {
      type: "file",
      path: "b",
      body: "",
      mtime: 3,
      mtimeNanoseconds: 5e8,
      xattrs: { "user.a": new Uint8Array([1]) },
    },
    { type: "hardlink", path: "a", target: "b" },
  ]);
  const [file, link] = arranged.map((entry) =>
    Buffer.from(tarHeader(entry)).toString("latin1")
  );
  assert.ok(file?.includes("SCHILY.xattr.user.a"));
  assert.ok(!link?.includes("SCHILY"));
  assert.ok(
    file?.includes("13 mtime=3.5\n") && link?.includes("13 mtime=3.5\n"),
  );
});

test("devices and named pipes have their types and numbers", async () => {
  const tar = await pack([
    { type: "character-device", path: "null", major: 1, minor: 3, mode: 0o666 },
    { type: "block-device", path: "sda", major: 0o7777777, minor: 0 },
    { type: "fifo", path: "pipe" },
  ]);
  const headers = [0, 512, 1024].map((offset) =>
    Buffer.from(tar.subarray(offset, offset + 512))
  );
  assert.deepEqual(
    headers.map((header) => [
      header.toString("latin1", 0, 4).replaceAll("\0", ""),
      header.toString("latin1", 156, 157),
      header.toString("latin1", 100, 107),
      header.toString("latin1", 329, 336),
      header.toString("latin1", 337, 344),
    ]),
    [
      ["null", "3", "0000666", "0000001", "0000003"],
      ["pipe", "6", "0000644", "0000000", "0000000"],
      ["sda", "4", "0000644", "7777777", "0000000"],
    ],
  );
  const read = await unpackTar(tar, { strict: true });
  assert.deepEqual(read.map(({ header }) => header.type), [
    "character-device",
    "fifo",
    "block-device",
  ]);
});

for (
  const [name, entry, why] of [
    [
      "a device number that does not fit",
      { type: "block-device", path: "d", major: 0o10000000, minor: 0 },
      /pack d: the device number 2097152:0 does not fit/,
    ],
    [
      "a device number that is none",
      { type: "block-device", path: "d", major: 1, minor: -1 },
      /device number/,
    ],
    [
      "a device without a number",
      { type: "block-device", path: "d" },
      /pack d: the device number undefined:undefined/,
    ],
    ...["", "a=b", "a\nb", "a\0b", "a\ud800"].map((name) => [
      `the extended attribute ${JSON.stringify(name)}`,
      {
        type: "directory",
        path: "d",
        xattrs: { [name]: new Uint8Array([1]) },
      },
      /pack d: a tar cannot hold the extended attribute/,
    ]),
    [
      "an extended attribute that is no bytes",
      { type: "directory", path: "d", xattrs: { "user.a": "text" } },
      /pack d: the value of its extended attribute "user\.a"/,
    ],
    [
      "more than readers take",
      {
        type: "directory",
        path: "d",
        xattrs: { "user.a": new Uint8Array(1 << 20) },
      },
      /pack d: its names and extended attributes are longer than 1 MiB/,
    ],
    ...[-1, 1e9, 0.5].map((mtimeNanoseconds) => [
      `${mtimeNanoseconds} nanoseconds`,
      { type: "directory", path: "d", mtimeNanoseconds },
      /pack d: the nanoseconds/,
    ]),
    [
      "a type that does not exist",
      { type: "socket", path: "d" },
      /pack d: its type, socket/,
    ],
    [
      "a body that is nothing",
      { type: "file", path: "d", body: new ArrayBuffer(1) },
      /pack d: its body is no text/,
    ],
  ] as [string, Entry, RegExp][]
) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(pack([entry]), { name: "LayerError", message: why });
  });
}

const LONG = "n".repeat(255);
const DEEPEST = Array(16).fill(LONG).join("/").slice(0, 4096);

/** What cannot be said by ustar alone, with how GNU tar lists it. */
const HARD: [entry: Entry, listed: string][] = [
  [{
    type: "file",
    path: DEEPEST,
    body: "deep",
  }, `-rw-r--r-- 0/0 4 1970-01-01 00:00:00 ${DEEPEST}`],
  [
    { type: "symlink", path: "far", target: `/${LONG}` },
    `lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 far -> /${LONG}`,
  ],
  [
    { type: "directory", path: "late", mode: 0o1777, mtime: 2 ** 34 },
    "drwxrwxrwt 0/0 0 2514-05-30 01:53:04 late/",
  ],
  [
    { type: "fifo", path: "early", mtime: -1, uid: 3_000_000 },
    "prw-r--r-- 3000000/0 0 1969-12-31 23:59:59 early",
  ],
  [
    {
      type: "file",
      path: "tool",
      body: bytesSource(new Uint8Array(600)),
      mode: 0o6755,
      mtime: 1,
      mtimeNanoseconds: 123_456_789,
    },
    "-rwsr-sr-x 0/0 600 1970-01-01 00:00:01.123456789 tool",
  ],
  [
    { type: "hardlink", path: "twin", target: "tool" },
    "hrwsr-sr-x 0/0 0 1970-01-01 00:00:01.123456789 twin link to tool",
  ],
  [
    { type: "character-device", path: "tty", major: 5, minor: 2_000_000 },
    "crw-r--r-- 0/0 5,2000000 1970-01-01 00:00:00 tty",
  ],
  [
    { type: "file", path: "a\nb\\c☃", body: "" },
    "-rw-r--r-- 0/0 0 1970-01-01 00:00:00 a\\nb\\\\c☃",
  ],
];

test("GNU tar sees the same", { skip: skipWithout("tar") }, async () => {
  const tar = await pack(HARD.map(([entry]) => entry));
  const list = await runOk(
    "tar",
    ["--list", "--verbose", "--numeric-owner", "--full-time", "--file=-"],
    { input: tar, env: { TZ: "UTC", LC_ALL: "C.UTF-8" } },
  );
  const lines = list.trimEnd().split("\n")
    .map((line) => line.replaceAll(/ +/g, " "))
    .filter((line) => !line.endsWith(`${LONG}/`));
  assert.deepEqual(lines.sort(), HARD.map(([, listed]) => listed).sort());
});

test(
  "GNU tar sees extended attributes",
  { skip: skipWithout("tar") },
  async () => {
    const tar = await pack([{
      type: "file",
      path: "f",
      body: "x",
      xattrs: {
        "security.capability": new Uint8Array(20),
        "user.empty": new Uint8Array(),
      },
    }]);
    const list = await runOk(
      "tar",
      ["--list", "--verbose", "--verbose", "--xattrs-include=*", "--file=-"],
      { input: tar, env: { LC_ALL: "C.UTF-8" } },
    );
    assert.match(
      list,
      /^-rw-r--r--\*.* f\n +x: 20 security\.capability\n +x: +0 user\.empty\n$/,
    );
  },
);
