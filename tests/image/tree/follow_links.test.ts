import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { followLinks } from "../../../src/image/follow_links.ts";

function follow(
  links: Readonly<Record<string, string>>,
): (path: string) => string | undefined {
  const targetOf = (path: string) =>
    Object.hasOwn(links, path) ? links[path] : undefined;
  return (path) => followLinks(path, targetOf);
}

test("links are followed as in a root directory of their own", () => {
  const at = follow({
    bin: "usr/bin",
    "usr/bin/sh": "dash",
    "etc/up": "../../../../usr",
    "etc/abs": "/bin",
    "a/b": "./c/",
    "a/c": "..",
    empty: "",
  });
  const cases: [path: string, found: string][] = [
    ["/", ""],
    ["", ""],
    ["..", ""],
    ["/bin/sh", "usr/bin/dash"],
    ["bin//./sh/", "usr/bin/dash"],
    ["etc/up/bin/sh", "usr/bin/dash"],
    ["/etc/abs/../lib", "usr/lib"],
    ["a/b/bin", "bin".replace("bin", "usr/bin")],
    ["nowhere/at/all", "nowhere/at/all"],
    ["empty/x", "x"],
  ];
  for (const [path, found] of cases) assert.equal(at(path), found, path);
});

test("a circle of links ends, and so do links without end", () => {
  const circle = follow({ a: "b", b: "/a", self: "self", grow: "grow/grow" });
  for (const path of ["a", "b/x", "self", "grow", "grow/x"]) {
    assert.equal(circle(path), undefined, path);
  }
  const chain = (length: number) =>
    follow(Object.fromEntries(
      Array.from({ length }, (_, at) => [`l${at}`, `l${at + 1}`]),
    ));
  assert.equal(chain(40)("l0"), "l40");
  assert.equal(chain(41)("l0"), undefined);
});

test("whatever the links, what is found is a plain path in the image", () => {
  const part = fc.constantFrom("a", "b", "c", ".", "..", "");
  const path = fc.array(part, { maxLength: 6 }).map((parts) => parts.join("/"));
  const links = fc.dictionary(
    fc.constantFrom("a", "b", "a/b", "b/c", "c/c"),
    path,
  );
  fc.assert(fc.property(links, path, (links, path) => {
    const at = follow(links);
    const found = at(path);
    if (found === undefined) return;
    const parts = found === "" ? [] : found.split("/");
    assert.ok(parts.every((part) => !["", ".", ".."].includes(part)), found);
    assert.equal(at(found), found);
  }));
});

test("paths and links longer than those of Linux lead nowhere, without delay", () => {
  const deep = "a/".repeat(500_000);
  let asked = 0;
  const targetOf = (path: string) => {
    asked++;
    return path === "l" ? deep : undefined;
  };
  assert.equal(followLinks("l/f", targetOf), undefined);
  assert.equal(followLinks(deep, targetOf), undefined);
  assert.ok(asked < 5000);
  const fits = "a/".repeat(2000) + "f";
  assert.equal(followLinks(fits, targetOf), fits);
});
