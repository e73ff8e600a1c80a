import assert from "node:assert/strict";
import { test } from "node:test";
import { Registry } from "../../src/registry/registry.ts";
import type { Fetch } from "../../src/registry/http/transport.ts";
import { sampleImage, someBytes } from "./sample_image.ts";

test("a web server that answers 200 to everything is no registry", async () => {
  const fetch: Fetch = () =>
    Promise.resolve(new Response("<html>Welcome</html>"));
  await assert.rejects(
    new Registry("registry.test/a", { fetch }).write(
      await sampleImage(someBytes(10)),
    ),
    { code: "NETWORK", message: /does not say where to send a blob/ },
  );
});

test("a registry that speaks https and is spoken to over http", async () => {
  const fetch: Fetch = () =>
    Promise.resolve(
      new Response("Client sent an HTTP request to an HTTPS server.\n", {
        status: 400,
      }),
    );
  await assert.rejects(
    new Registry("localhost:5000/a", { fetch }).write(await sampleImage()),
    { code: "REGISTRY", message: /It speaks https: push with --name/ },
  );
});
