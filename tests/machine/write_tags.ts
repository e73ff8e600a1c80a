// Writes an image for each of several tags into a layout, one after the other:
// write_tags.ts DIRECTORY TAG...
import process from "node:process";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { LayoutDirectory } from "../../src/machine/layout_directory.ts";

const [path = "", ...tags] = process.argv.slice(2);
const shared = await createLayer([{ type: "file", path: "a", body: "a" }]);
for (const tag of tags) {
  const own = await createLayer([{ type: "file", path: "tag", body: tag }]);
  const image = await createImage({ layers: [shared, own] });
  await new LayoutDirectory(path, { name: "oci:x", tags: [tag] }).write(image);
  process.stdout.write(`${tag}\n`);
}
