/**
 * Bundles the page and serves it on this computer:
 * `deno run -A examples/browser/serve.ts`.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("./", import.meta.url));

/** A page that is being served. */
export interface ServedPage extends AsyncDisposable {
  /** Its address. */
  readonly url: string;
}

/**
 * Bundles the scripts of the page for a browser, and serves it on the loopback
 * address.
 *
 * @param deno The program that bundles.
 * @param port 0 for any that is free.
 */
export async function servePage(
  deno: string,
  port: number,
): Promise<ServedPage> {
  const files = new Map<string, readonly [type: string, content: Uint8Array]>([
    ["/", ["text/html", readFileSync(join(here, "index.html"))]],
  ]);
  for (const name of ["main", "worker"]) {
    const script = bundle(deno, join(here, `${name}.ts`));
    files.set(`/${name}.js`, ["text/javascript", script]);
  }
  const server = createServer(({ url = "" }, response) => {
    const [type, content] = files.get(url) ?? ["text/plain", "not found\n"];
    response.writeHead(files.has(url) ? 200 : 404, {
      "content-type": `${type}; charset=utf-8`,
    }).end(content);
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}/`,
    [Symbol.asyncDispose]: () => stopped(server),
  };
}

/**
 * Bundles a module, with all that it imports, for a browser.
 *
 * @param deno The program that bundles.
 * @param path The module.
 */
export function bundle(deno: string, path: string): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), "scratchbuild-page-"));
  try {
    const output = join(directory, "bundle.js");
    execFileSync(deno, [
      ...["bundle", "--quiet", "--platform", "browser", "--output", output],
      path,
    ], { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
    return readFileSync(output);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

if (import.meta.main) {
  const { url } = await servePage(process.execPath, 8000);
  console.log(`${url} – end it with Ctrl+C`);
}
