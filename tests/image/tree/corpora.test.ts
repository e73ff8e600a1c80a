import fc from "fast-check";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readImageTree } from "../../../src/image/read_image_tree.ts";
import { ScratchbuildError } from "../../../src/spec/error.ts";
import {
  corpusFile,
  readCorpus,
  skipWithoutCorpora,
} from "../../support/corpora.ts";
import { layerOf, type RawEntry, rawLayer } from "./layers.ts";

interface Breakout {
  readonly name: string;
  readonly tar: string;
  readonly preexisting: readonly unknown[];
  readonly validator: {
    readonly call?: string;
    readonly args?: readonly unknown[];
  } | null;
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += new TextDecoder().decode(chunk);
  return text;
}

test("layers that try to break out of the image stay in it", {
  skip: skipWithoutCorpora,
}, async () => {
  const { cases } = readCorpus<{ cases: readonly Breakout[] }>(
    "malicious-layers/breakouts.json",
  );
  assert.ok(cases.length > 30);
  const refused: string[] = [];
  let compared = 0;
  for (const { name, tar, preexisting, validator } of cases) {
    const layer = await layerOf(
      readFileSync(corpusFile(`malicious-layers/${tar}`)),
    );
    let tree;
    try {
      tree = await readImageTree({ layers: [layer] });
    } catch (error) {
      if (!(error instanceof ScratchbuildError)) throw error;
      assert.equal(error.code, "IMAGE");
      refused.push(name);
      continue;
    }
    for (const { path } of tree.walk()) {
      assert.ok(
        path === "" ||
          path.split("/").every((part) => !["", ".", ".."].includes(part)),
        path,
      );
    }
    if (preexisting.length > 0 || validator?.call !== "sameFile") continue;
    const [one, other] = validator.args as [string, string];
    assert.equal(
      await textOf(tree.open(one)),
      await textOf(tree.open(other)),
      name,
    );
    compared++;
  }
  // Links to what only lies in the directory that those tests begin with, and
  // a name that leads out.
  assert.deepEqual(refused, [
    "SymlinkParentDirectory",
    "SymlinkOverrideDirectory",
    "SymlinkOverrideDirectoryRelative",
    "DirectoryOverrideSymlink",
  ]);
  assert.ok(compared > 5, `${compared}`);
});

/** What a container sees of layers without links, by the simplest means. */
function expected(layers: readonly (readonly RawEntry[])[]): string[] {
  const seen = new Map<string, string>();
  const drop = (path: string, itself: boolean) => {
    for (const known of [...seen.keys()]) {
      if ((itself && known === path) || known.startsWith(`${path}/`)) {
        seen.delete(known);
      }
    }
  };
  // What lies below a file takes its place.
  const makeParents = (path: string) => {
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) {
      seen.delete(path.slice(0, at));
    }
  };
  for (const layer of layers) {
    for (const { path } of layer) {
      const [, parent = "", name = ""] = /^(.*?)\/?([^/]*)$/.exec(path) ?? [];
      if (!name.startsWith(".wh.")) continue;
      makeParents(path);
      if (name === ".wh..wh..opq") drop(parent, false);
      else drop((parent ? `${parent}/` : "") + name.slice(4), true);
    }
    for (const { path, body = "" } of layer) {
      if (/(?:^|\/)\.wh\.[^/]*$/.test(path)) continue;
      makeParents(path);
      drop(path, true);
      seen.set(path, body);
    }
  }
  return [...seen].map(([path, body]) => `${path}=${body}`).sort();
}

test("whatever files layers hold and take away, the tree has what is left", async () => {
  const name = fc.constantFrom("a", "b", "c");
  const path = fc.array(name, { minLength: 1, maxLength: 3 });
  const entry = fc.tuple(
    path,
    fc.constantFrom("", "file", ".wh.", "opaque"),
    name,
  )
    .map(([path, kind, body]): RawEntry => {
      const last = path.at(-1) ?? "";
      if (kind === "opaque") {
        return { path: [...path, ".wh..wh..opq"].join("/") };
      }
      return kind === ".wh."
        ? { path: [...path.slice(0, -1), `.wh.${last}`].join("/") }
        : { path: path.join("/"), body };
    });
  const layers = fc.array(fc.array(entry, { maxLength: 6 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(layers, async (layers) => {
      const raw = await Promise.all(layers.map((layer) => rawLayer(...layer)));
      const tree = await readImageTree({ layers: raw });
      const found: string[] = [];
      for (const { path, type } of tree.walk()) {
        if (type === "file") {
          found.push(`${path}=${await textOf(tree.open(path))}`);
        }
      }
      assert.deepEqual(found.sort(), expected(layers));
    }),
    { numRuns: 200 },
  );
});
