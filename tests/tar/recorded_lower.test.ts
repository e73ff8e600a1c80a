import assert from "node:assert/strict";
import { test } from "node:test";
import type { LowerEntry } from "../../src/tar/lower.ts";
import { RecordedLower } from "../../src/tar/recorded_lower.ts";

const ETC: LowerEntry = {
  type: "directory",
  mode: 0o750,
  uid: 1,
  gid: 2,
  mtime: 3,
  mtimeNanoseconds: 4,
  xattrs: { "user.a": new Uint8Array([5]), "user.b": new Uint8Array() },
  isKept: true,
};

const lowerOf = (entries: Record<string, LowerEntry>) => (path: string) =>
  entries[path];

async function recorded(): Promise<RecordedLower> {
  const lower = new RecordedLower(
    lowerOf({ etc: ETC, bin: { type: "symlink", target: "usr/bin" } }),
  );
  assert.equal((await lower.find("etc"))?.mode, 0o750);
  assert.equal((await lower.find("bin"))?.target, "usr/bin");
  assert.equal(await lower.find("nothing"), undefined);
  return lower;
}

test("the same answers are the same, whatever else lies there", async () => {
  const lower = await recorded();
  assert.ok(
    await lower.isSame(lowerOf({
      bin: { type: "symlink", target: "usr/bin" },
      etc: { ...ETC, xattrs: { ...ETC.xattrs } },
      other: { type: "file" },
    })),
  );
});

test("what was not asked does not count", async () => {
  assert.ok(await new RecordedLower(lowerOf({ etc: ETC })).isSame(lowerOf({})));
});

for (
  const [name, other] of Object.entries<Record<string, LowerEntry | undefined>>(
    {
      "a missing path": { etc: undefined },
      "a path that was not there": { nothing: { type: "file" } },
      "another type": { etc: { type: "file" } },
      "another target": { bin: { type: "symlink", target: "usr/sbin" } },
      "another mode": { etc: { ...ETC, mode: 0o755 } },
      "another user": { etc: { ...ETC, uid: 0 } },
      "another group": { etc: { ...ETC, gid: 0 } },
      "another time": { etc: { ...ETC, mtime: 0 } },
      "another fraction of the time": { etc: { ...ETC, mtimeNanoseconds: 0 } },
      "another value of an attribute": {
        etc: {
          ...ETC,
          xattrs: { ...ETC.xattrs, "user.a": new Uint8Array([6]) },
        },
      },
      "a longer value of an attribute": {
        etc: {
          ...ETC,
          xattrs: { ...ETC.xattrs, "user.a": new Uint8Array([5, 5]) },
        },
      },
      "another attribute": {
        etc: {
          ...ETC,
          xattrs: {
            "user.a": new Uint8Array([5]),
            "user.c": new Uint8Array(),
          },
        },
      },
      "fewer attributes": { etc: { ...ETC, xattrs: {} } },
      "a directory that is not kept": { etc: { ...ETC, isKept: false } },
    },
  )
) {
  test(`not the same: ${name}`, async () => {
    const lower = await recorded();
    const same = {
      etc: ETC,
      bin: { type: "symlink", target: "usr/bin" },
    } as const;
    assert.equal(await lower.isSame(lowerOf({ ...same, ...other })), false);
  });
}

test("an error of the other one is told", async () => {
  const lower = await recorded();
  await assert.rejects(
    lower.isSame(() => Promise.reject(new Error("no base"))),
    /no base/,
  );
});
