import assert from "node:assert/strict";
import { test } from "node:test";
import { Registry } from "../../src/registry/registry.ts";
import { type FakeRegistry, fakeRegistry } from "../support/fake_registry.ts";
import { sampleImage, someBytes } from "./sample_image.ts";

function open({ fetch }: FakeRegistry): Registry {
  return new Registry("registry.test/team/app:1", {
    fetch,
    credentials: () => ({ username: "alice", password: "s3cret" }),
  });
}

test("a HEAD is refused without a word: they are asked for by GET, once", async () => {
  for (const line of [/blobs\/sha/, /manifests\//]) {
    const refuse = (body: string | null) =>
      new Response(body, {
        status: 401,
        headers: { "www-authenticate": "Basic" },
      });
    const fake = fakeRegistry();
    fake.override(
      line,
      ({ method }, next) =>
        method === "HEAD"
          ? refuse(null)
          : method === "GET"
          ? refuse('{"errors":[{"code":"DENIED","message":"pay first"}]}')
          : next(),
    );
    await assert.rejects(
      open(fake).write(await sampleImage(someBytes(10))),
      /answered 401 \(DENIED: pay first\)\. The user name or the password is/,
    );
    const gets = fake.lines().filter((line) => line.startsWith("GET"));
    assert.ok(gets.length <= 2 && gets.length > 0, String(gets));
  }
  // A GET that comes to something else says nothing of it.
  for (const other of [200, 404, 500, "break"] as const) {
    const fake = fakeRegistry();
    fake.override(/blobs\/sha/, ({ method }) => {
      if (method === "HEAD") return new Response(null, { status: 401 });
      if (other === "break") throw new TypeError("ECONNRESET");
      return new Response("other", { status: other });
    });
    await assert.rejects(
      open(fake).write(await sampleImage(someBytes(10))),
      /^RegistryError: Cannot push to .* answered 401\. /,
    );
  }
});
