import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestName } from "../../../src/cli/config_file/nearest_name.ts";

const names = ["cmd", "env", "label", "stop-signal", "user", "workdir"];

test("nearestName finds what was meant", () => {
  for (
    const [name, nearest] of [
      ["labels", "label"],
      ["lable", "label"],
      ["usr", "user"],
      ["environment", "env"],
      ["stop", "stop-signal"],
      ["workingdir", undefined],
      ["xyz", undefined],
      ["", undefined],
      ["x".repeat(1000), undefined],
    ] as const
  ) assert.equal(nearestName(name, names), nearest, name);
});
