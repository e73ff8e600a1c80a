import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { withConfigFile } from "../../../src/cli/config_file/with_config_file.ts";
import { withTempDir } from "../../support/temp_dir.ts";

/** Reads a file that is written before, and gives what came of it. */
function read(
  content: string | Uint8Array,
  { name = "app.json", flags = {} } = {},
) {
  return withTempDir(async (directory) => {
    const config = join(directory, name);
    await writeFile(config, content);
    const { config: _, ...merged } = await withConfigFile({ ...flags, config })
      .catch((error) => {
        error.message = error.message.replace(directory, "DIR");
        throw error;
      });
    return merged;
  });
}

test("without --config the flags are what they were", async () => {
  const flags = { user: "1" };
  assert.equal(await withConfigFile(flags), flags);
});

test("flags win over the file", async () => {
  const flags = { user: "2", quiet: true };
  assert.deepEqual(
    await read('{"user": "1", "workdir": "/a", /* x */}', { flags }),
    { user: "2", workdir: "/a", quiet: true },
  );
});

test("the settings stand in a member where the file is about more", async () => {
  const settings = '{"name": "x", "scratchbuild": {"user": "1"}, "labels": 1}';
  for (const name of ["deno.json", "deno.jsonc", "package.json", "app.json"]) {
    assert.deepEqual(await read(settings, { name }), { user: "1" }, name);
  }
});

const wrong: [content: string | Uint8Array, name: string, why: string][] = [
  ["{", "a.json", "it is not JSON: CloseBraceExpected in line 1"],
  ["[]", "a.json", "it is not a JSON object"],
  ["null", "a.json", "it is not a JSON object"],
  [
    '{"user": "1"}',
    "package.json",
    'it has no member "scratchbuild"; put the settings there',
  ],
  ['{"scratchbuild": 1}', "a.json", 'its "scratchbuild" is not an object'],
  [
    '{"user": "a:b:c"}',
    "a.json",
    'user "a:b:c": write USER or USER:GROUP, by names or numbers, ' +
    "as in 1000:1000",
  ],
  [
    new Uint8Array(1024 * 1024 + 1).fill(0x20),
    "a.json",
    "it is longer than 1048576 bytes",
  ],
];

for (const [content, name, why] of wrong) {
  test(`refused: ${why}`, async () => {
    await assert.rejects(read(content, { name }), {
      code: "USAGE",
      message: `Cannot use the configuration file DIR/${name}: ${why}`,
    });
  });
}

test("a file that cannot be read is refused", async () => {
  await withTempDir(async (directory) => {
    for (
      const [config, why] of [
        [join(directory, "nowhere.json"), "it does not exist; check the path"],
        [directory, "it is a directory"],
      ] as const
    ) {
      await assert.rejects(withConfigFile({ config }), {
        code: "USAGE",
        message: `Cannot use the configuration file ${config}: ${why}`,
      });
    }
  });
});
