import assert from "node:assert/strict";
import type { LookupAddress } from "node:dns";
import { createServer } from "node:http";
import type { LookupFunction } from "node:net";
import { test } from "node:test";
import {
  checkedLookup,
  type CheckedLookupOptions,
} from "../../../src/machine/http/checked_lookup.ts";
import { nodeClient } from "../../../src/machine/http/node_client.ts";
import { withServer } from "../../support/with_server.ts";

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  "registry.test": ["203.0.113.5", "2001:db8::5"],
  "cdn.test": ["203.0.113.9"],
  "corp.test": ["10.0.0.5"],
  "auth.corp.test": ["10.0.0.6"],
  "loop.test": ["127.0.0.1"],
  "loop6.test": ["::1"],
  "mapped.test": ["::ffff:10.0.0.5"],
  "any.test": ["0.0.0.0"],
  "metadata.test": ["169.254.169.254"],
  "unique.test": ["fd00::5"],
  "both.test": ["10.0.0.5", "203.0.113.5"],
};

const named: LookupFunction = (name, options, callback) => {
  const found = ADDRESSES[name]?.map((address): LookupAddress => ({
    address,
    family: address.includes(":") ? 6 : 4,
  }));
  if (found) return callback(null, found);
  const error: NodeJS.ErrnoException = new Error(`ENOTFOUND ${name}`);
  callback(Object.assign(error, { code: "ENOTFOUND", options }), []);
};

/** What is connected to, for each host in turn. */
async function reached(
  registry: string,
  hosts: readonly string[],
  options: CheckedLookupOptions = {},
): Promise<string[]> {
  const lookupFor = checkedLookup(new URL(`https://${registry}/v2/`), {
    lookup: named,
    ...options,
  });
  const results: string[] = [];
  for (const host of hosts) {
    const url = new URL(`https://${host}/`);
    results.push(
      await new Promise((resolve) => {
        lookupFor(url)(url.hostname, { all: true }, (error, found) => {
          const list = found as unknown as LookupAddress[];
          resolve(
            error
              ? error.message
              : list.map(({ address }) => address).join(" "),
          );
        });
      }),
    );
  }
  return results;
}

const REFUSED = /Cannot reach .*: its name leads to .*--allow-host/;

test("a public registry leads into no network by a name (rule 1: realm exfiltration, DNS rebinding)", async () => {
  const inside = [
    "corp.test",
    "loop.test",
    "loop6.test",
    "mapped.test",
    "any.test",
    "metadata.test",
    "unique.test",
  ];
  // Before the registry was looked up itself, and after that.
  for (const before of [[], ["registry.test"]]) {
    const results = await reached("registry.test", [...before, ...inside]);
    for (const [i, host] of inside.entries()) {
      assert.match(results[before.length + i] ?? "", REFUSED, host);
    }
  }
  assert.deepEqual(
    await reached("registry.test", ["registry.test", "cdn.test"]),
    ["203.0.113.5 2001:db8::5", "203.0.113.9"],
  );
});

test("of a name with several addresses the public ones are left (rule 1: DNS rebinding)", async () => {
  assert.deepEqual(await reached("registry.test", ["both.test"]), [
    "203.0.113.5",
  ]);
  // A registry that also has an address inside is outside none the less.
  const [, auth] = await reached("both.test", ["both.test", "auth.corp.test"]);
  assert.match(auth ?? "", REFUSED);
});

test("the registry's own host may be anywhere, and may lead to where it is", async () => {
  assert.deepEqual(
    await reached("corp.test", ["corp.test", "auth.corp.test", "cdn.test"]),
    ["10.0.0.5", "10.0.0.6", "203.0.113.9"],
  );
  const [own, loop, metadata] = await reached(
    "corp.test",
    ["corp.test", "loop.test", "metadata.test"],
  );
  assert.equal(own, "10.0.0.5");
  assert.match(loop ?? "", REFUSED);
  assert.match(metadata ?? "", REFUSED);
  assert.deepEqual(await reached("loop.test", ["loop.test"]), ["127.0.0.1"]);
  // The same host at another port is not the registry.
  const hosts = ["registry.test", "registry.test:8443"];
  assert.deepEqual(
    await reached("registry.test", hosts),
    Array(2).fill("203.0.113.5 2001:db8::5"),
  );
});

test("hosts that were allowed may be anywhere, failures stay what they are", async () => {
  const allowHosts = ["auth.corp.test", "metadata.test:8443"];
  const [auth, metadata, other, unknown] = await reached(
    "registry.test",
    ["auth.corp.test", "metadata.test:8443", "metadata.test", "none.test"],
    { allowHosts },
  );
  assert.equal(auth, "10.0.0.6");
  assert.equal(metadata, "169.254.169.254");
  assert.match(other ?? "", REFUSED);
  assert.equal(unknown, "ENOTFOUND none.test");
});

test("no connection is made to what was left out (rule 15: upload Location SSRF)", async () => {
  let connections = 0;
  const server = createServer((_, response) => response.end("secret"));
  server.on("connection", () => connections++);
  await withServer(server, async (port) => {
    const registry = new URL("http://registry.test/");
    const url = new URL(`http://loop.test:${port}/`);
    const lookup: LookupFunction = (name, options, callback) => {
      const [address = "", ...rest] = ADDRESSES[name] ?? [];
      assert.equal(rest.length, 0);
      if (options.all) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    };
    const client = nodeClient({ registry, lookup, env: {} });
    const refused = { name: "ScratchbuildError", code: "NETWORK" };
    await assert.rejects(client.fetch(new Request(url)), refused);
    const body = new Blob(["a"]);
    await assert.rejects(
      client.upload({ url, method: "PUT", headers: {}, body }),
      refused,
    );
    assert.equal(connections, 0);
    const allowHosts = ["loop.test"];
    const open = nodeClient({ registry, lookup, env: {}, allowHosts });
    assert.equal(await (await open.fetch(new Request(url))).text(), "secret");
  });
});
