import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  checkTemplate,
  fillTemplate,
  hasBraces,
  isTemplate,
} from "../../../src/cli/parse/platform_template.ts";
import { parsePlatform } from "../../../src/spec/platform.ts";

test("words in braces are parts of the platform", () => {
  const cases: [template: string, amd64: string, armv7: string][] = [
    ["dist/{os}/{arch}", "dist/linux/amd64", "dist/linux/arm"],
    ["dist/{platform}/app", "dist/linux/amd64/app", "dist/linux/arm/v7/app"],
    ["{os}_{arch}_{variant}", "linux_amd64", "linux_arm_v7"],
    ["app-{arch}-{variant}.tar", "app-amd64.tar", "app-arm-v7.tar"],
    ["app-{arch}{variant}", "app-amd64", "app-armv7"],
    ["dist/{arch}/{variant}/app", "dist/amd64/app", "dist/arm/v7/app"],
    ["{variant}/bin", "bin", "v7/bin"],
    ["./{variant}/bin", "./bin", "./v7/bin"],
    ["{variant}", "", "v7"],
    ["{arch}{arch}", "amd64amd64", "armarm"],
    ["no braces", "no braces", "no braces"],
    ["{ arch }", "{ arch }", "{ arch }"],
  ];
  for (const [template, amd64, armv7] of cases) {
    const fill = (platform: string) =>
      fillTemplate(template, parsePlatform(platform));
    assert.equal(fill("linux/amd64"), amd64, template);
    assert.equal(fill("linux/arm/v7"), armv7, template);
  }
});

test("of a text no known word stays, and all else does", () => {
  const part = fc.oneof(
    fc.constantFrom("{os}", "{arch}", "{variant}", "{platform}", "{foo}", "-"),
    fc.string(),
  );
  const variant = fc.constantFrom(undefined, "v7");
  fc.assert(fc.property(fc.array(part), variant, (parts, variant) => {
    const text = parts.join("");
    const filled = fillTemplate(text, {
      os: "linux",
      architecture: "arm",
      ...(variant && { variant }),
    });
    if (!isTemplate(text)) assert.equal(filled, text);
    const rest = text.split(/[-_./]?\{(?:os|arch|variant|platform)\}[-_./]?/);
    let at = 0;
    for (const piece of rest) {
      at = filled.indexOf(piece, at);
      assert.ok(at >= 0, `${text} became ${filled}`);
      at += piece.length;
    }
  }));
});

test("what a platform is made of is not read as a template again", () => {
  const platform = { os: "{arch}", architecture: "$&" };
  assert.equal(fillTemplate("{os}/{arch}", platform), "{arch}/$&");
});

test("other words in braces are told apart, and refused", () => {
  for (const text of ["{arch}", "a{os}b", "{foo}{platform}"]) {
    assert.ok(isTemplate(text) && hasBraces(text), text);
  }
  for (const text of ["{foo}", "{ARCH}", "${DIR}/x"]) {
    assert.ok(!isTemplate(text) && hasBraces(text), text);
    assert.throws(() => checkTemplate(text), { code: "USAGE" }, text);
  }
  for (const text of ["", "{}", "{ os }", "{a-b}", "{1}", "os", "}os{"]) {
    assert.ok(!isTemplate(text) && !hasBraces(text), text);
    checkTemplate(text);
  }
  assert.throws(() => checkTemplate("dist/{os}/{toString}"), {
    code: "USAGE",
    message:
      'Cannot use "dist/{os}/{toString}": {toString} is no part of a platform; ' +
      "write {os}, {arch}, {variant} or {platform}",
  });
});
