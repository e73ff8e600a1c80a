import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { version } from "../src/spec/version.ts";

const read = (path: string) =>
  readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

test("the version in the sources is the one in deno.json", () => {
  assert.equal(version, JSON.parse(read("deno.json")).version);
});

test("CHANGES.md has a heading for the version", () => {
  const headings = read("CHANGES.md").match(/^#.*$/gm) ?? [];
  const words = headings.flatMap((heading) => heading.split(/[\s[\]()]+/));
  assert.ok(words.includes(version), `no heading names ${version}`);
});
