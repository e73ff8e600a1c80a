import assert from "node:assert/strict";
import { test } from "node:test";
import { addressZone, refusal } from "../../src/registry/address.ts";
import { apiBase, registryHost } from "../../src/registry/endpoint.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { ReferenceSyntaxError } from "../../src/registry/reference_syntax_error.ts";

test("the zone of an address, however it is spelled", () => {
  const zones = {
    loopback: [
      "localhost",
      "LOCALHOST",
      "localhost.",
      "a.localhost",
      "127.0.0.1",
      "127.255.255.254",
      "127.1",
      "0x7f000001",
      "2130706433",
      "0177.0.0.1",
      "127.0.0.1.",
      "[::1]",
      "[0:0:0:0:0:0:0:1]",
      "[::ffff:127.0.0.1]",
      "[64:ff9b::7f00:1]",
    ],
    "link-local": [
      "0.0.0.0",
      "0.1.2.3",
      "169.254.169.254",
      "[::]",
      "[fe80::1]",
      "[febf::1]",
      "[::ffff:169.254.169.254]",
      "[::a00:1]",
    ],
    private: [
      "10.0.0.1",
      "10.255.255.255",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.0.1",
      "100.64.0.1",
      "100.100.100.200",
      "[fc00::1]",
      "[fd00:ec2::254]",
      "[::ffff:10.0.0.1]",
    ],
    public: [
      "ghcr.io",
      "localhost.example.com",
      "127.0.0.1.example.com",
      "126.255.255.255",
      "128.0.0.1",
      "172.15.0.1",
      "172.32.0.1",
      "100.63.0.1",
      "100.128.0.1",
      "169.253.0.1",
      "192.167.0.1",
      "8.8.8.8",
      "[2001:db8::1]",
      "[::ffff:8.8.8.8]",
      "[fec0::1]",
    ],
  };
  for (const [zone, hosts] of Object.entries(zones)) {
    for (const host of hosts) {
      const { hostname } = new URL(`http://${host}:5000/`);
      assert.equal(addressZone(hostname), zone, host);
    }
  }
});

test("what a server may name, by where it is itself", () => {
  const may = (from: string, to: string) =>
    refusal(new URL(from), new URL(to)) === undefined;
  const pub = "https://registry.test/";
  const priv = "http://10.0.0.1:5000/";
  const loop = "http://127.0.0.1:5000/";
  assert.ok(may(pub, "https://cdn.test/"));
  assert.ok(may(pub, "https://registry.test:8443/"));
  assert.ok(!may(pub, "http://registry.test/"));
  assert.ok(!may(pub, "https://10.0.0.1/"));
  assert.ok(!may(pub, "https://127.0.0.1/"));
  assert.ok(may(priv, "http://10.0.0.1:5001/"));
  assert.ok(may(priv, "https://192.168.0.1/"));
  assert.ok(may(priv, pub));
  assert.ok(!may(priv, loop));
  assert.ok(may(loop, "http://localhost:5001/"));
  assert.ok(may(loop, priv));
  assert.ok(may(loop, pub));
  for (const from of [pub, priv, loop]) {
    assert.ok(!may(from, "https://169.254.169.254/"));
    assert.ok(!may(from, "https://0.0.0.0/"));
    assert.ok(!may(from, "https://me@registry.test/"));
    assert.ok(!may(from, "ftp://registry.test/"));
  }
  assert.ok(may("http://169.254.1.1:5000/", "http://169.254.1.1:5001/"));
});

test("where the API of a registry is", () => {
  const base = (text: string, insecure?: boolean) =>
    apiBase(parseReference(text), insecure).href;
  assert.equal(base("ubuntu"), "https://registry-1.docker.io/v2/");
  assert.equal(base("ghcr.io/me/app"), "https://ghcr.io/v2/");
  assert.equal(base("ghcr.io/me/app", true), "http://ghcr.io/v2/");
  assert.equal(base("10.0.0.1:5000/a"), "https://10.0.0.1:5000/v2/");
  assert.equal(base("localhost:5000/a"), "http://localhost:5000/v2/");
  assert.equal(base("localhost/a"), "http://localhost/v2/");
  assert.equal(base("127.0.0.2:80/a"), "http://127.0.0.2/v2/");
  assert.equal(base("[::1]:5000/a"), "http://[::1]:5000/v2/");
  assert.equal(base("localhost:5000/a", false), "https://localhost:5000/v2/");
  assert.equal(registryHost("docker.io"), "registry-1.docker.io");
});

test("a host that no URL can hold", () => {
  for (
    const text of ["a.test:75050/b", "[fd00123123123]:80/b", "127.256.0.1/b"]
  ) {
    const reference = parseReference(text);
    assert.throws(() => apiBase(reference), ReferenceSyntaxError);
  }
});
