import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { compareDirectory } from "../../../src/cli/diff/compare_directory.ts";
import { readImageTree } from "../../../src/image/read_image_tree.ts";
import { withTempDir } from "../../support/temp_dir.ts";

test("a directory that cannot be read is told of as one", () =>
  withTempDir(async (root) => {
    const path = join(root, "gone");
    const tree = await readImageTree({ layers: [] });
    await assert.rejects(
      compareDirectory({ path, destination: "/", reading: {} }, tree, {}),
      { code: "LAYER", path, message: /Cannot pack .*gone: it does not exist/ },
    );
  }));
