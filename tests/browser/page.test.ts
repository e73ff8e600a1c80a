/// <reference lib="dom" />
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import type { ImageRequest } from "../../examples/browser/build_image.ts";
import { bundle, servePage } from "../../examples/browser/serve.ts";
import { skipWithout } from "../support/peers.ts";
import { runtime } from "../support/runtime.ts";
import { withTempDir } from "../support/temp_dir.ts";

// The runtime that is tried here is the browser; Deno is what bundles for it.
const skip = runtime === "deno"
  ? skipWithout("chromium")
  : "one run of the browser is enough, and Deno bundles for it";

/** What the example makes of files on this runtime. */
async function builtHere(request: ImageRequest) {
  // It names the package as its readers do, which only Deno resolves here.
  const { buildImage } = await import("../../examples/browser/build_image.ts");
  return await buildImage(request);
}

/** Some bytes that do not compress to nothing, enough blocks of them for workers. */
const large = Uint8Array.from(
  { length: 6 << 20 },
  (_, index) => (index * index) >>> 7,
);

const files = [
  { name: "index.html", content: new TextEncoder().encode("<h1>hello</h1>") },
  { name: "large.bin", content: large },
  { name: "ünïcode ☃.txt", content: new Uint8Array() },
];

const request = {
  files: files.map(({ name, content }) => ({
    path: name,
    content: new Blob([content]),
  })),
  prefix: "/srv",
  command: ["/srv/app", "--serve"],
  tag: "1.0",
};

async function withPage(
  use: (page: Page) => Promise<void>,
): Promise<void> {
  await using served = await servePage(process.execPath, 0);
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    // As root, and where there are no user name spaces, it has no other.
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    await page.goto(served.url);
    await use(page);
    assert.deepEqual(problems, []);
  } finally {
    await browser.close();
  }
}

test("a page in Chromium builds the very archive that this runtime builds", {
  skip,
}, async () => {
  const here = await builtHere(request);
  await withPage(async (page) => {
    await page.setInputFiles(
      "#files",
      files.map(({ name, content }) => ({
        name,
        mimeType: "application/octet-stream",
        buffer: Buffer.from(content),
      })),
    );
    await page.fill("input[name=command]", "/srv/app --serve");
    await page.fill("input[name=tag]", "1.0");
    const download = page.waitForEvent("download");
    await page.click("button");
    await page.click("#result a");
    const digest = await page.textContent("#result code");
    assert.equal(digest, here.digest);
    await withTempDir(async (directory) => {
      const path = join(directory, "image.tar");
      await (await download).saveAs(path);
      const made = new Uint8Array(readFileSync(path));
      const expected = new Uint8Array(await here.archive.arrayBuffer());
      assert.equal(Buffer.compare(made, expected), 0);
    });
  });
});

test(
  "the core builds the same image in the page itself, and compresses in workers",
  {
    skip,
  },
  async () => {
    const here = await builtHere(request);
    const path = fileURLToPath(
      new URL("../../examples/browser/build_image.ts", import.meta.url),
    );
    const script = Buffer.from(bundle(process.execPath, path));
    await withPage(async (page) => {
      await page.route(
        "**/build_image.js",
        (route) =>
          route.fulfill({ contentType: "text/javascript", body: script }),
      );
      const compressing: string[] = [];
      page.on("worker", (worker) => compressing.push(worker.url()));
      const digest = await page.evaluate(async ({ url, size }) => {
        const { buildImage } = await import(url);
        const large = Uint8Array.from(
          { length: size },
          (_, index) => (index * index) >>> 7,
        );
        const text = new TextEncoder().encode("<h1>hello</h1>");
        const built = await buildImage({
          files: [
            { path: "index.html", content: new Blob([text]) },
            { path: "large.bin", content: new Blob([large]) },
            { path: "ünïcode ☃.txt", content: new Blob([]) },
          ],
          prefix: "/srv",
          command: ["/srv/app", "--serve"],
          tag: "1.0",
        });
        return built.digest;
      }, { url: "/build_image.js", size: large.byteLength });
      assert.equal(digest, here.digest);
      // With one core there are none.
      if (availableParallelism() > 1) {
        assert.ok(compressing.some((url) => url.startsWith("blob:")));
      }
    });
  },
);

test(
  "files that are dropped on the page are in the image",
  { skip },
  async () => {
    const here = await builtHere({
      files: [{ path: "a.txt", content: new Blob(["dropped"]) }],
      prefix: "/srv",
      command: [],
      tag: "latest",
    });
    await withPage(async (page) => {
      const data = await page.evaluateHandle(() => {
        const data = new DataTransfer();
        data.items.add(new File(["dropped"], "a.txt"));
        return data;
      });
      await page.dispatchEvent("#zone", "drop", { dataTransfer: data });
      await page.waitForSelector("#list li");
      await page.click("button");
      assert.equal(await page.textContent("#result code"), here.digest);
    });
  },
);
