import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { unpackTar } from "modern-tar";
import { bytesSource, iterateStream } from "../../src/bytes/byte_source.ts";
import { concat } from "../../src/bytes/concat.ts";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import type { ArrangedEntry } from "../../src/tar/arranged_entry.ts";
import { arrangeInOrder } from "../../src/tar/arrange_in_order.ts";
import type { Entry } from "../../src/tar/entry.ts";
import { tarBlocks, tarSize } from "../../src/tar/tar_blocks.ts";

const name = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "A",
    "a.",
    "a-",
    ".a",
    "é",
    "e\u0301",
    "😀",
    "\uffff",
  ),
  fc.string({ minLength: 1, maxLength: 120, unit: "grapheme" }).filter((text) =>
    !/[/\0]|^\.{1,2}$|^\.wh\./.test(text) && text.isWellFormed()
  ),
);

const attributes = fc.record({
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.integer({ min: 0, max: 0x7fffffff }),
  gid: fc.integer({ min: 0, max: 0x7fffffff }),
  mtime: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  mtimeNanoseconds: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 999_999_999 }),
  ),
  xattrs: fc.dictionary(
    fc.stringMatching(/^(user|trusted)\.[^=\n\0]{1,9}$/).filter((text) =>
      text.isWellFormed()
    ),
    fc.uint8Array({ maxLength: 40 }),
    { maxKeys: 2 },
  ),
}, { requiredKeys: [] });

/** What something is, without where. `pick` chooses among the others. */
const thing = fc.oneof(
  fc.record({ type: fc.constant("directory" as const) }),
  fc.record({
    type: fc.constant("file" as const),
    body: fc.uint8Array({ maxLength: 700 }),
  }),
  fc.record({ type: fc.constant("symlink" as const), target: name }),
  fc.record({ type: fc.constant("hardlink" as const), pick: fc.nat() }),
  fc.record({ type: fc.constant("fifo" as const) }),
  fc.record({
    type: fc.constantFrom("character-device" as const, "block-device" as const),
    major: fc.nat(0o7777777),
    minor: fc.nat(0o7777777),
  }),
  fc.record({ type: fc.constantFrom("whiteout" as const, "opaque" as const) }),
);

/** Any set of entries that a layer can hold. */
const tree: fc.Arbitrary<Entry[]> = fc.array(
  fc.tuple(fc.nat(), name, thing, attributes),
  { maxLength: 14 },
).map((parts) => {
  const entries = new Map<string, Entry>();
  const directories = [""];
  const files: string[] = [];
  for (const [pick, name, thing, attributes] of parts) {
    const parent = directories[pick % directories.length]!;
    const path = parent === "" ? name : `${parent}/${name}`;
    if (entries.has(path)) continue;
    if (thing.type === "hardlink") {
      if (files.length === 0) continue;
      const target = files[thing.pick % files.length]!;
      entries.set(path, { type: "hardlink", path, target });
    } else if (thing.type === "opaque") {
      entries.set(`${path} (opaque)`, { type: "opaque", path });
      entries.set(path, { type: "directory", path, ...attributes });
      directories.push(path);
    } else if (thing.type === "whiteout") {
      entries.set(path, { type: "whiteout", path });
    } else {
      entries.set(path, { ...thing, path, ...attributes });
      if (thing.type === "directory") directories.push(path);
      if (thing.type === "file") files.push(path);
    }
  }
  return [...entries.values()];
});

/**
 * An order in which a directory's markers come before what else is in it, and
 * all that is in it before what follows it.
 */
const key = (path: string) =>
  Buffer.from(
    path.replace(/(^|\/)(\.wh\.[^/]*)$/, "$1\0$2").replaceAll("/", "\0"),
  );

const options = { whiteouts: true };

test("any tree: sorted, with parents, each path once, whatever the order", async () => {
  const shuffled = tree.chain((entries) =>
    fc.tuple(
      fc.constant(entries),
      fc.shuffledSubarray(entries, { minLength: entries.length }),
    )
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([entries, shuffled]) => {
      const arranged = await arrangeEntries(entries);
      const paths = arranged.map(({ path }) => path);
      const sorted = [...paths].sort((a, b) => Buffer.compare(key(a), key(b)));
      assert.deepEqual(paths, sorted);
      assert.equal(new Set(paths).size, paths.length);
      const directories = new Set(
        arranged.flatMap(({ type, path }) => type === "directory" ? path : []),
      );
      for (const path of paths) {
        const slash = path.lastIndexOf("/");
        assert.ok(slash < 0 || directories.has(path.slice(0, slash)));
      }
      assert.deepEqual(
        await packed(await arrangeEntries(shuffled)),
        await packed(arranged),
      );
      assert.deepEqual(await arrangeEntries(arranged, options), arranged);
      assert.deepEqual(await arrangeInOrder(arranged, options), arranged);
    }),
    { numRuns: 150 },
  );
});

test("any tree is read back by another reader, with everything in it", async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (entries) => {
      const arranged = await arrangeEntries(entries);
      const tar = await packed(arranged);
      assert.equal(tar.length, tarSize(arranged));
      const read = await unpackTar(tar, { strict: true });
      assert.equal(read.length, arranged.length);
      for (const [index, { header, data }] of read.entries()) {
        const entry = arranged[index]!;
        const { path, type, mtime, mtimeNanoseconds } = entry;
        assert.equal(header.name, type === "directory" ? `${path}/` : path);
        assert.equal(header.type, type === "hardlink" ? "link" : type);
        assert.deepEqual(
          [header.mode, header.uid, header.gid],
          [entry.mode, entry.uid, entry.gid],
        );
        const seconds = mtime + mtimeNanoseconds / 1e9;
        assert.ok(Math.abs(header.mtime!.getTime() - seconds * 1000) <= 1);
        if ("target" in entry) assert.equal(header.linkname, entry.target);
        const content = "body" in entry
          ? new Uint8Array(
            await new Response(entry.body.stream()).arrayBuffer(),
          )
          : new Uint8Array();
        assert.deepEqual(new Uint8Array(data ?? []), content);
        const names = Object.keys(header.pax ?? {})
          .filter((keyword) => keyword.startsWith("SCHILY.xattr."));
        assert.deepEqual(
          names.sort(),
          Object.keys(entry.xattrs).map((name) => `SCHILY.xattr.${name}`)
            .sort(),
        );
      }
    }),
    { numRuns: 150 },
  );
});

async function packed(arranged: ArrangedEntry[]): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for await (const block of iterateStream(tarBlocks(arranged))) {
    blocks.push(block);
  }
  return concat(blocks);
}

test("100,000 entries and 1,000 levels", async () => {
  const body = bytesSource(new Uint8Array());
  const wide = Array.from({ length: 100_000 }, (_, n): Entry => ({
    type: "file",
    path: `d${n % 100}/file-${n}`,
    body,
  }));
  const deep = Array(1000).fill("d").join("/");
  const entries = [...wide, { type: "file", path: `${deep}/f`, body } as const];
  for (const arrange of [arrangeEntries, arrangeInOrder]) {
    const arranged = await arrange(entries, {
      lower: () => undefined,
      onWarning: ({ message }) => assert.fail(message),
    });
    assert.equal(arranged.length, 101_101);
  }
});
