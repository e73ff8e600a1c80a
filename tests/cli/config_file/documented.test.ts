import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { configFlags } from "../../../src/cli/config_file/config_flags.ts";
import { parseJsonc } from "../../../src/cli/config_file/parse_jsonc.ts";
import { imageOptions } from "../../../src/cli/image_options.ts";
import { checkImageConfig } from "../../../src/image/check_image_config.ts";
import type { JsonObject } from "../../../src/spec/check_descriptor.ts";

const page = readFileSync(
  new URL("../../../docs/image.md", import.meta.url),
  "utf8",
);

test("the file in docs/image.md is one that is read", async () => {
  const [, text = ""] = /```jsonc\n(.*?)```/s.exec(page) ?? [];
  const refuse = (why: string) => new Error(why);
  const settings = await parseJsonc(new TextEncoder().encode(text), refuse);
  const flags = configFlags(settings as JsonObject, refuse);
  const { config = {} } = imageOptions(flags, {
    epoch: 0,
    env: { BUILD_NUMBER: "7" },
    warn: assert.fail,
  });
  checkImageConfig(config, assert.fail);
  assert.deepEqual(config.Env, ["MODE=production", "BUILD_NUMBER=7"]);
  assert.equal(config.Healthcheck?.StartInterval, 1_000_000_000);
  assert.deepEqual(flags.owner, { uid: 1000, gid: 1000 });
});
