import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseHost } from "../../../src/cli/parse/parse_host.ts";
import { parseRegistryName } from "../../../src/cli/parse/parse_registry_name.ts";

/** Refuses a text with a usage error of one line. */
function assertRefused(
  parse: (text: string) => string,
  text: string,
  why: RegExp,
): void {
  assert.throws(() => parse(text), (error: Error & { code?: string }) => {
    assert.equal(error.code, "USAGE", text);
    assert.match(error.message, /^Cannot use [^\n]*$/, text);
    assert.match(error.message, why, text);
    assert.ok(!error.message.includes("s3cret"), text);
    return true;
  }, text);
}

test("login and logout take a registry as people write it", () => {
  const cases: [text: string, registry: string][] = [
    ["ghcr.io", "ghcr.io"],
    ["GHCR.io", "ghcr.io"],
    ["ghcr.io/", "ghcr.io"],
    ["https://ghcr.io", "ghcr.io"],
    ["https://ghcr.io/v2/", "ghcr.io"],
    ["docker.io", "docker.io"],
    ["index.docker.io", "docker.io"],
    ["registry-1.docker.io", "docker.io"],
    ["https://index.docker.io/v1/", "docker.io"],
    ["localhost", "localhost"],
    ["localhost:5000", "localhost:5000"],
    ["[::1]:5000", "[::1]:5000"],
    ["10.0.0.5", "10.0.0.5"],
  ];
  for (const [text, registry] of cases) {
    assert.equal(parseRegistryName(text), registry, text);
  }
});

test("what is no registry is refused", () => {
  const cases: [text: string, why: RegExp][] = [
    ["", /write a host/],
    ["/", /write a host/],
    ["https://", /write a host/],
    ["ghcr.io:99999", /write a host/],
    ["a b", /write a host/],
    ["ghcr.io\n", /write a host/],
    ["me:s3cret@ghcr.io", /write a host/],
    ["https://me:s3cret@ghcr.io", /write a host/],
    ["ghcr.io/me", /without a repository/],
    ["ghcr.io/me/app:1", /without a repository/],
    ["http://ghcr.io", /--insecure/],
    ["registry", /registry:443/],
  ];
  for (const [text, why] of cases) assertRefused(parseRegistryName, text, why);
});

test("--allow-host takes a host as URLs have it", () => {
  const hosts = [
    ...["auth.corp.example", "AUTH", "10.0.0.5:5001", "a_b.lan", "a."],
    ...["[fd00::5]", "[fd00::5]:5001"],
  ];
  for (const text of hosts) assert.equal(parseHost(text), text);
  const wrong = [
    ...["", "*", "*.example", "a/b", "http://a", "a:0x1", "a:99999", "a:"],
    ...["a..b", "-a", "10.0.0.0/8", "[x]", "fd00::5", "me:s3cret@a", "a\nb"],
  ];
  for (const text of wrong) assertRefused(parseHost, text, /write a host/);
});

test("hosts are parsed in linear time, whatever they are", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const parse of [parseHost, parseRegistryName]) {
      try {
        assert.ok(URL.canParse(`http://${parse(text)}/`));
      } catch (error) {
        assert.equal((error as { code?: string }).code, "USAGE", text);
      }
    }
  }));
  const long = "a-".repeat(50_000);
  const before = performance.now();
  assertRefused(parseHost, long, /write a host/);
  assertRefused(parseRegistryName, long, /write a host/);
  assert.ok(performance.now() - before < 500);
});
