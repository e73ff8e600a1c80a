import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import { arrangeInOrder } from "../../src/tar/arrange_in_order.ts";
import type { ArrangeOptions } from "../../src/tar/arrange_options.ts";
import type { Entry } from "../../src/tar/entry.ts";

const TREE: Entry[] = [
  { type: "file", path: "a", body: "content", mode: 0o750, uid: 3 },
  { type: "hardlink", path: "./b", target: "a" },
  { type: "hardlink", path: "c", target: "/b" },
  { type: "hardlink", path: "d", target: "a" },
  { type: "symlink", path: "s", target: "a" },
  { type: "hardlink", path: "t", target: "s" },
];

/** What becomes of the tree, however it is arranged. */
async function selected(options: ArrangeOptions): Promise<string[]> {
  const [sorted, inOrder] = await Promise.all(
    [arrangeEntries, arrangeInOrder].map(async (arrange) =>
      (await arrange(TREE, options)).map((entry) =>
        [
          entry.type,
          entry.path,
          entry.mode.toString(8),
          entry.uid,
          "target" in entry ? entry.target : "",
        ].join(" ").trim()
      )
    ),
  );
  assert.deepEqual(sorted, inOrder);
  return sorted ?? [];
}

test("the first link that is taken becomes a file that is left out", async () => {
  const expected = [
    "file c 750 3",
    "hardlink d 750 3 c",
    "symlink t 777 0 a",
  ];
  const isTaken = ({ path }: Entry) => !["a", "./b", "s"].includes(path);
  assert.deepEqual(await selected({ filter: isTaken }), expected);
  assert.deepEqual(
    await selected({ map: (entry) => isTaken(entry) ? entry : undefined }),
    expected,
  );
});

test("links follow a file that is moved", async () => {
  assert.deepEqual(
    await selected({ map: (entry) => ({ ...entry, path: `x/${entry.path}` }) }),
    [
      "directory x 755 0",
      "file x/a 750 3",
      "hardlink x/b 750 3 x/a",
      "hardlink x/c 750 3 x/a",
      "hardlink x/d 750 3 x/a",
      "symlink x/s 777 0 a",
      "symlink x/t 777 0 a",
    ],
  );
});

test("map sees the file that a link becomes, and may change targets", async () => {
  const seen = new Set<string>();
  const result = await selected({
    filter: ({ path }) => path !== "a" && path < "s",
    map: (entry) => {
      seen.add(`${entry.type} ${entry.path}`);
      return entry.type === "hardlink"
        ? { ...entry, target: "0" }
        : { ...entry, path: "0", uid: 9 };
    },
  });
  assert.deepEqual([...seen], ["file ./b", "hardlink c", "hardlink d"]);
  assert.deepEqual(result, [
    "file 0 750 9",
    "hardlink c 750 9 0",
    "hardlink d 750 9 0",
  ]);
});
