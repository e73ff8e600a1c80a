// What a tar cannot do to who reads it: CVE-2025-62518 (the two sizes),
// CVE-2025-58183 (maps without bounds), CVE-2025-8194 (no way forward).
import assert from "node:assert/strict";
import { test } from "node:test";
import { readTar } from "../../../src/tar/read/read_tar.ts";
import type { TarEntry } from "../../../src/tar/read/tar_entry.ts";
import {
  paxRecords,
  rawEntry,
  type RawHeader,
  rawHeader,
  rawTar,
} from "./raw_tar.ts";

async function entriesOf(tar: Iterable<Uint8Array>): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for await (const entry of readTar(tar)) entries.push(entry);
  return entries;
}

async function firstOf(...parts: Uint8Array[]): Promise<TarEntry> {
  const [entry] = await entriesOf(rawTar(...parts));
  assert.ok(entry);
  return entry;
}

test("the size in a pax header counts for what is passed over, too", async () => {
  // Who goes by the other size finds an entry that is none.
  const hidden = rawEntry({ name: "hidden" }, "text");
  const content = new Uint8Array([...hidden, ...hidden]);
  const entries = await entriesOf(rawTar(
    rawEntry({ type: "x" }, paxRecords({ size: String(content.length) })),
    rawHeader({ name: "file", size: 0 }),
    content,
    rawEntry({ name: "behind" }, "text"),
  ));
  assert.deepEqual(
    entries.map(({ path, size }) => [path, size]),
    [["file", content.length], ["behind", 4]],
  );
});

for (
  const [what, fields, why] of [
    ["a negative size", { 124: new Uint8Array(12).fill(0xff) }, /negative/],
    ["a size that is no number", { 124: "00000000009" }, /size .* no number/],
    [
      "a size beyond 2^53",
      { 124: Uint8Array.of(0x80, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0) },
      /size .* no number/,
    ],
    ["an owner that is no number", { 108: "nobody" }, /owner/],
    ["a group that is no number", { 116: "nobody" }, /group/],
    ["a mode that is no number", { 100: "rwxr-x" }, /mode/],
    ["a time that is no number", { 136: "yesterday" }, /time/],
    ["a device number that is none", { 156: "3", 329: "eight" }, /device/],
  ] as const satisfies readonly [string, RawHeader["fields"], RegExp][]
) {
  test(`refused: ${what}`, async () => {
    // Also where a pax header says better: not all look there first.
    const better = rawEntry({ type: "x" }, paxRecords({ size: "0" }));
    for (const before of [[], [better]]) {
      const tar = rawTar(...before, rawHeader({ fields }));
      await assert.rejects(entriesOf(tar), {
        name: "TarError",
        code: "TAR",
        offset: before.length * 1024,
        message: why,
      });
    }
  });
}

for (
  const [what, records] of [
    ["a negative size", "13 size=-123\n"],
    ["a size that is no number", "12 size=1e3\n"],
    ["an owner that is no number", "12 uid=root\n"],
    ["a group that is no number", "12 gid=root\n"],
    ["a time that is none", "15 mtime=today\n"],
    ["a record that is too long", "99 path=x\n"],
    ["a record that is too short", "4 path=x\n"],
    ["a record without a length", "path=x\n"],
    ["a record without a value", "7 path\n"],
    ["a record without an end", "10 path=xy"],
    ["a name with a NUL", "11 path=x\0\n"],
  ] as const
) {
  test(`refused in a pax header: ${what}`, async () => {
    const tar = rawTar(
      rawEntry({ name: "first" }),
      rawEntry({ type: "x" }, records),
      rawEntry({}),
    );
    await assert.rejects(
      entriesOf(tar),
      (error: Error & { offset: number }) => {
        assert.equal(error.name, "TarError");
        // That of the header, or of the entry that it is about.
        assert.ok(error.offset === 512 || error.offset === 1536);
        return true;
      },
    );
  });
}

for (const type of ["x", "g", "X", "L", "K"]) {
  test(`a header of type ${type} holds 1 MiB, and not more`, async () => {
    const content = (size: number) => {
      if ("LK".includes(type)) return "n".repeat(size);
      // One record that fills it: `1048576 comment=…\n`
      const start = `${size} comment=`;
      return `${start}${"c".repeat(size - start.length - 1)}\n`;
    };
    const most = 1 << 20;
    const tar = (size: number) =>
      rawTar(rawEntry({ type }, content(size)), rawEntry({}));
    assert.equal((await entriesOf(tar(most))).length, 1);
    await assert.rejects(entriesOf(tar(most + 1)), {
      code: "TAR",
      message: /hold more than any entry needs/,
    });
  });
}

test("a header that claims to hold more is refused before it is read", async () => {
  let asked = 0;
  function* chunks() {
    yield rawHeader({ type: "x", size: 2 ** 32 });
    while (true) {
      asked++;
      yield new Uint8Array(1 << 16);
    }
  }
  await assert.rejects(entriesOf(chunks()), { code: "TAR" });
  assert.equal(asked, 0);
});

test("the map of a sparse file holds 1 MiB, and not more", async () => {
  const sparse = (count: number, size: number) => {
    const map = `${count}\n${"0\n0\n".repeat(count)}`.padEnd(size, "\0");
    return rawTar(
      rawEntry(
        { type: "x" },
        paxRecords({
          "GNU.sparse.major": "1",
          "GNU.sparse.minor": "0",
          "GNU.sparse.realsize": "0",
        }),
      ),
      rawEntry({}, map),
    );
  };
  assert.equal((await entriesOf(sparse(262_142, 1 << 20))).length, 1);
  await assert.rejects(entriesOf(sparse(262_143, (1 << 20) + 512)), {
    code: "TAR",
    message: /map of a sparse file/,
  });
});

test("the map of an old sparse file holds 1 MiB, and not more", async () => {
  const header = rawHeader({
    type: "S",
    magic: "ustar  \0",
    fields: { 482: "\x01" },
  });
  const more = new Uint8Array(512);
  more[504] = 1;
  let asked = 0;
  function* chunks() {
    yield header;
    while (true) {
      asked++;
      yield more;
    }
  }
  await assert.rejects(entriesOf(chunks()), {
    code: "TAR",
    message: /map of a sparse file/,
  });
  assert.ok(asked <= 2050, String(asked));
});

test("a sparse file cannot have more content than is stored", async () => {
  await assert.rejects(
    entriesOf(rawTar(
      rawEntry(
        { type: "x" },
        paxRecords({
          "GNU.sparse.size": "5000",
          "GNU.sparse.numblocks": "1",
          "GNU.sparse.map": "0,5000",
        }),
      ),
      rawEntry({}, "text"),
    )),
    { code: "TAR", message: /map of a sparse file/ },
  );
});

test("records for all entries are few, whatever the number of headers", async () => {
  const record = (turn: number) =>
    rawEntry(
      { type: "g" },
      paxRecords({ [`SCHILY.xattr.user.${turn}`]: "x".repeat(1000) }),
    );
  const tar = (count: number) =>
    rawTar(
      ...Array.from(
        { length: count },
        (_, turn) => [record(turn), rawEntry({})],
      )
        .flat(),
    );
  const entries = await entriesOf(tar(16));
  assert.equal(Object.keys(entries[15]?.xattrs ?? {}).length, 16);
  await assert.rejects(entriesOf(tar(17)), {
    code: "TAR",
    message: /headers for all entries hold more/,
  });
});

test("records for all entries that say nothing of them are not kept", async () => {
  const comments = Array.from(
    { length: 100 },
    (_, turn) =>
      rawEntry(
        { type: "g" },
        paxRecords({ [`note${turn}`]: "x".repeat(1000) }),
      ),
  );
  const entries = await entriesOf(
    rawTar(...comments.flatMap((comment) => [comment, rawEntry({})])),
  );
  assert.equal(entries.length, 100);
});

test("a record for all entries counts, until it is taken back", async () => {
  const entries = await entriesOf(rawTar(
    rawEntry({ type: "g" }, paxRecords({ uid: "7", "mtime": "1.5" })),
    rawEntry({ name: "one" }),
    rawEntry({ type: "x" }, paxRecords({ uid: "8" })),
    rawEntry({ name: "two" }),
    rawEntry({ name: "three" }),
    rawEntry({ type: "g" }, paxRecords({ uid: "" })),
    rawEntry({ name: "four" }),
  ));
  assert.deepEqual(
    entries.map(({ uid, mtime, mtimeNanoseconds }) => [
      uid,
      mtime,
      mtimeNanoseconds,
    ]),
    [7, 8, 7, 0].map((uid) => [uid, 1, 500_000_000]),
  );
});

test("keywords and names that mean something to objects do no harm", async () => {
  const entry = await firstOf(
    rawEntry(
      { type: "x" },
      paxRecords({
        ["__proto__"]: "1",
        constructor: "2",
        "SCHILY.xattr.__proto__": "3",
        "SCHILY.xattr.constructor": "4",
        "SCHILY.xattr.toString": "5",
      }),
    ),
    rawEntry({}),
  );
  assert.deepEqual(Object.keys(entry.xattrs), [
    "__proto__",
    "constructor",
    "toString",
  ]);
  assert.equal(Object.getPrototypeOf(entry.xattrs), null);
  assert.deepEqual(entry.xattrs["__proto__"], Uint8Array.of(0x33));
  assert.equal(({} as Record<string, unknown>)[1], undefined);
});

test("values of extended attributes are bytes", async () => {
  const value = Uint8Array.of(0, 0xff, 0x0a, 0x3d, 0x20, 0xc3);
  const records = new Uint8Array([
    ...new TextEncoder().encode("37 SCHILY.xattr.security.capability="),
    ...value.subarray(0, 0),
  ]);
  const length = records.length + value.length + 1;
  records.set(new TextEncoder().encode(String(length)));
  const { xattrs } = await firstOf(
    rawEntry({ type: "x" }, new Uint8Array([...records, ...value, 0x0a])),
    rawEntry({}),
  );
  assert.deepEqual({ ...xattrs }, { "security.capability": value });
});

test("names and targets that are not UTF-8 are there as bytes", async () => {
  const latin = Uint8Array.of(0x61, 0xe4);
  const plain = await firstOf(rawHeader({ name: latin, type: "2" }));
  assert.deepEqual([plain.path, plain.rawPath], ["a\ufffd", latin]);
  assert.equal("rawTarget" in plain, false);
  const long = await firstOf(
    rawEntry({ type: "K" }, latin),
    rawHeader({ type: "2", linkname: "short" }),
  );
  assert.deepEqual([long.target, long.rawTarget], ["a\ufffd", latin]);
  assert.equal("rawPath" in long, false);
});

test("a byte order mark is a part of a name", async () => {
  const { path } = await firstOf(rawHeader({ name: "\ufeffname" }));
  assert.equal(path, "\ufeffname");
});

for (
  const [flag, type] of [
    ["V", "other"],
    ["M", "other"],
    ["N", "other"],
    ["A", "other"],
    ["Z", "other"],
    ["D", "directory"],
    ["7", "file"],
    ["\0", "file"],
  ] as const
) {
  test(`type ${JSON.stringify(flag)} is read as ${type}, and passed over`, async () => {
    const entries = await entriesOf(rawTar(
      rawEntry({ name: "one", type: flag }, "content"),
      rawEntry({ name: "two" }, "content"),
    ));
    assert.deepEqual(
      entries.map(({ path, type, typeFlag, size }) => [
        path,
        type,
        typeFlag,
        size,
      ]),
      [["one", type, flag, 7], ["two", "file", "0", 7]],
    );
  });
}

test("a file of an old tar whose name ends in a slash is a directory", async () => {
  const long = `${"d".repeat(120)}/`;
  const entries = await entriesOf(rawTar(
    rawHeader({ name: "old/", type: "\0", magic: "" }),
    rawEntry({ type: "L" }, `${long}\0`),
    rawHeader({ name: "old", type: "\0", magic: "" }),
    rawHeader({ name: "new/", type: "0" }),
  ));
  assert.deepEqual(
    entries.map(({ path, type }) => [path, type]),
    [["old/", "directory"], [long, "directory"], ["new/", "file"]],
  );
});

test("sums of signed bytes are right, too", async () => {
  const block = rawHeader({ name: Uint8Array.of(0xe4) });
  const sum = parseInt(new TextDecoder().decode(block.subarray(148, 154)), 8);
  const signed = (sum - 256).toString(8).padStart(6, "0");
  block.set(new TextEncoder().encode(signed), 148);
  assert.equal((await entriesOf(rawTar(block))).length, 1);
  block.set(new TextEncoder().encode("000001"), 148);
  await assert.rejects(entriesOf(rawTar(block)), { message: /valid header/ });
});

for (
  const [what, ...end] of [
    ["two records of zeros", new Uint8Array(1024)],
    ["one record of zeros", new Uint8Array(512)],
    ["no record of zeros"],
    [
      "records of zeros and anything else",
      new Uint8Array(1024),
      Uint8Array.of(1),
    ],
  ] as [string, ...Uint8Array[]][]
) {
  test(`a tar may end in ${what}`, async () => {
    assert.equal((await entriesOf([rawEntry({}, "text"), ...end])).length, 1);
  });
}

test("nothing behind the end is asked for", async () => {
  function* chunks() {
    yield rawHeader();
    yield new Uint8Array(1024);
    assert.fail("more was asked for");
  }
  assert.equal((await entriesOf(chunks())).length, 1);
});
