import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeEntries } from "../../src/archive/merge_entries.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";

const KEY = "org.opencontainers.image.ref.name";
const NAMES = ["a", "b", "c", "d"];

function entry(id: number, name?: string, artifactType?: string): Descriptor {
  return {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: `sha256:${String(id).repeat(64)}`,
    size: id,
    ...(artifactType !== undefined && { artifactType }),
    ...(name !== undefined && { annotations: { [KEY]: name } }),
  };
}

const nameOf = ({ annotations }: Descriptor) => annotations?.[KEY];

/** Any list, also one with names twice, as others may have written it. */
const present = fc.array(
  fc.tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
    fc.option(fc.constant("text/x"), { nil: undefined }),
  ).map(([id, name, type]) => entry(id, name, type)),
);

/** Entries for one manifest. */
const added = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  fc.uniqueArray(fc.constantFrom(...NAMES)),
).map(([id, names]) =>
  names.length > 0 ? names.map((name) => entry(id, name)) : [entry(id)]
);

test("each new name stands once, others stay in their order, twice is once", () => {
  fc.assert(fc.property(present, added, (present, added) => {
    const merged = mergeEntries(present, added);
    const names = added.map(nameOf);
    for (const entry of added) {
      if (nameOf(entry) === undefined) continue;
      const same = merged.filter((other) => nameOf(other) === nameOf(entry));
      assert.deepEqual(same, [entry]);
    }
    const isOther = (entry: Descriptor) => !names.includes(nameOf(entry));
    assert.deepEqual(merged.filter(isOther), present.filter(isOther));
    assert.deepEqual(mergeEntries(merged, added), merged);
  }));
});

test("what is there by its digest changes nothing of what was there", () => {
  fc.assert(fc.property(present, added, (present, added) => {
    const merged = mergeEntries(present, added, { byDigest: true });
    assert.deepEqual(merged.slice(0, present.length), present);
    for (const { digest } of added) {
      assert.ok(merged.some((entry) => entry.digest === digest));
    }
    assert.deepEqual(mergeEntries(merged, added, { byDigest: true }), merged);
  }));
});

test("a name keeps its place when it moves", () => {
  assert.deepEqual(
    mergeEntries([entry(1, "a"), entry(1), entry(2, "b")], [entry(3, "a")]),
    [entry(3, "a"), entry(1), entry(2, "b")],
  );
});

test("without a name the image is replaced, an artifact is not", () => {
  const artifact = entry(2, undefined, "text/x");
  assert.deepEqual(
    mergeEntries([artifact, entry(1), entry(3)], [entry(4)]),
    [artifact, entry(4)],
  );
  assert.deepEqual(mergeEntries([artifact], [artifact]), [artifact]);
});
