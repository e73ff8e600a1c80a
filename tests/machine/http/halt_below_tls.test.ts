import assert from "node:assert/strict";
import { createServer } from "node:https";
import { test } from "node:test";
import { nodeClient } from "../../../src/machine/http/node_client.ts";
import { withCertificates } from "../../support/certificates.ts";
import { skipWithout } from "../../support/peers.ts";
import { proxyServer } from "../../support/proxy_server.ts";
import { withServer } from "../../support/with_server.ts";

const skip = skipWithout("openssl");
const MIB = 1024 * 1024;
const SIZE = 128;

/**
 * Asks a server of TLS for much, and reads nothing of it until no more is sent.
 *
 * @param proxy Port of the proxy that it is asked by.
 */
async function readLate(proxy?: number): Promise<void> {
  await withCertificates(async ({ ca, server: { cert, key } }) => {
    let sent = 0;
    let connections = 0;
    const server = createServer({ cert, key }, async (_, response) => {
      const chunk = new Uint8Array(MIB);
      response.on("error", () => {});
      for (sent = 0; sent < SIZE; sent++) {
        if (!response.write(chunk)) {
          await new Promise<void>((resolve) =>
            response.once("drain", () => resolve())
          );
        }
      }
      response.end();
    });
    server.on("secureConnection", () => connections++);
    await withServer(server, async (port) => {
      const url = `https://127.0.0.1:${port}/v2/`;
      const { fetch } = nodeClient({
        registry: new URL(url),
        ca: ca.cert,
        certificateDirectories: [],
        env: proxy ? { HTTPS_PROXY: `http://127.0.0.1:${proxy}` } : {},
      });
      // The second answer comes over the connection of the first.
      for (let answers = 0; answers < 2; answers++) {
        const response = await fetch(new Request(url));
        let before = -1;
        while (sent !== before || sent === 0) {
          before = sent;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        assert.ok(sent <= SIZE / 2, `${sent} MiB`);
        let size = 0;
        for await (const chunk of response.body ?? []) size += chunk.byteLength;
        assert.equal(size, SIZE * MIB);
      }
      assert.equal(connections, 1);
    });
  });
}

test(
  "no more is read by TLS than the reader takes",
  { skip },
  () => readLate(),
);

test(
  "nor through a tunnel",
  { skip },
  () => withServer(proxyServer().server, (port) => readLate(port)),
);
