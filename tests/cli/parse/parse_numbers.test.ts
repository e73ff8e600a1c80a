import assert from "node:assert/strict";
import { test } from "node:test";
import {
  parseMtime,
  parseOwner,
} from "../../../src/cli/parse/parse_numbers.ts";

test("parseMtime takes seconds since 1970, and preserve", () => {
  assert.equal(parseMtime("0"), 0);
  assert.equal(parseMtime("253402300799"), 253402300799);
  assert.equal(parseMtime("preserve"), "preserve");
  for (const text of ["", "-1", "1.5", "Preserve", "now", "253402300800"]) {
    assert.throws(() => parseMtime(text), {
      code: "USAGE",
      message: `Cannot use --mtime "${text}": write seconds since 1970, ` +
        "a whole number from 0 to 253402300799, or preserve for the times of " +
        "the files",
    });
  }
});

test("parseOwner says why it takes no names", () => {
  for (const text of ["root", "root:root", "0:wheel", "app:0", "www-data$"]) {
    assert.throws(() => parseOwner(text), {
      code: "USAGE",
      message: `Cannot use --owner "${text}": names are not looked up, ` +
        "because /etc/passwd of the image is not read, and this computer's " +
        "may say otherwise; write UID:GID as two numbers, as in 1000:1000",
    });
  }
  assert.throws(
    () => parseOwner("1000"),
    /: write UID:GID as two numbers from/,
  );
});
