import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  checkPresent,
  platformSources,
} from "../../../src/cli/commands/platform_sources.ts";
import { parseSource } from "../../../src/cli/parse/parse_source.ts";
import { parsePlatform } from "../../../src/spec/platform.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const ARM = parsePlatform("linux/arm/v7");
const AMD = parsePlatform("linux/amd64");

test("SRC and DEST are filled in for each platform", () => {
  const source = parseSource("dist/{arch}:/{platform}/{variant}/", false);
  assert.deepEqual(platformSources(source, [AMD, ARM]), [
    { path: "dist/amd64", destination: "/linux/amd64", isInto: true },
    { path: "dist/arm", destination: "/linux/arm/v7/v7", isInto: true },
  ]);
  const inPlace = parseSource("dist:/{variant}", false);
  assert.deepEqual(
    platformSources(inPlace, [AMD, ARM]).map(({ destination }) => destination),
    ["/", "/v7"],
  );
});

test("a source without a part of the platform is one object", () => {
  const source = parseSource("dist:/app", false);
  const [first, second] = platformSources(source, [AMD, ARM]);
  assert.equal(first, source);
  assert.equal(second, source);
});

test("a directory that has braces in its name is taken as it is", () =>
  withTempDir(async (root) => {
    for (const name of ["{arch}", "{id}"]) await mkdir(join(root, name));
    const at = (name: string) => parseSource(join(root, name), false);
    assert.deepEqual(platformSources(at("{arch}"), [AMD]), [at("{arch}")]);
    assert.deepEqual(platformSources(at("{id}"), [AMD]), [at("{id}")]);
    assert.deepEqual(platformSources(at("{id}"), [AMD, ARM]), [
      at("{id}"),
      at("{id}"),
    ]);
    // Of several platforms each is to have its own.
    assert.deepEqual(platformSources(at("{arch}"), [AMD, ARM]), [
      at("amd64"),
      at("arm"),
    ]);
  }));

test("words that are no part of the platform are refused", () => {
  const cases: [text: string, word: string][] = [
    ["dist/{id}", "{id}"],
    ["dist/{arch}/{archs}", "{archs}"],
    ["dist/{arch}:/{id}", "{id}"],
    ["dist:/{os}/{id}", "{id}"],
  ];
  for (const [text, word] of cases) {
    const source = parseSource(text, false);
    assert.throws(() => platformSources(source, [AMD]), {
      code: "USAGE",
      message: new RegExp(`: ${word} is no part of a platform; write {os}`),
    }, text);
  }
  // Of one platform, and with no part of it, they are a name like any other.
  const plain = parseSource("dist:/{id}", false);
  assert.deepEqual(platformSources(plain, [AMD]), [plain]);
  assert.throws(() => platformSources(plain, [AMD, ARM]), { code: "USAGE" });
});

test("the platform of a base is not known when sources are looked for", () => {
  const source = parseSource("dist/{arch}", false);
  assert.throws(() => platformSources(source, [undefined]), {
    code: "USAGE",
    message: 'Cannot use "dist/{arch}": the platform is that of the base, ' +
      "which is not known yet; name it with --platform",
  });
  const plain = parseSource("dist", false);
  assert.deepEqual(platformSources(plain, [undefined]), [plain]);
});

test("of a SRC something must be left", () => {
  const source = parseSource("{variant}:/app", false);
  assert.throws(() => platformSources(source, [AMD, ARM]), {
    code: "USAGE",
    message: 'Cannot use "{variant}": for linux/amd64 nothing is left of it; ' +
      "name a directory before it",
  });
});

test("all that is missing is told of at once, with its platforms", () =>
  withTempDir(async (root) => {
    await mkdir(join(root, "amd64"));
    const platforms = [AMD, ARM, parsePlatform("linux/arm/v6")];
    const lists = (...texts: string[]) => {
      const columns = texts.map((text) =>
        platformSources(parseSource(join(root, text), false), platforms)
      );
      return platforms.map((_, index) =>
        columns.flatMap((sources) => sources[index] ?? [])
      );
    };
    checkPresent(platforms, lists("amd64"));
    assert.throws(
      () => checkPresent(platforms, lists("{arch}", "{platform}")),
      {
        code: "LAYER",
        message: `Cannot pack ${root}/linux/amd64 (linux/amd64), ` +
          `${root}/arm (linux/arm/v7, linux/arm/v6), ` +
          `${root}/linux/arm/v7 (linux/arm/v7), ` +
          `${root}/linux/arm/v6 (linux/arm/v6): they do not exist; build what ` +
          "is missing, or leave the platform out",
      },
    );
    // Another message is for what no platform has.
    checkPresent(platforms, lists("none"));
    checkPresent([AMD], lists("{arch}/x"));
  }));
