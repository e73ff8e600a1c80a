import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  keysWithPaths,
  matchingKeys,
  registryKey,
  registryName,
} from "../../../src/machine/credentials/registry_keys.ts";

const names: [text: string, registry: string][] = [
  ["ghcr.io", "ghcr.io"],
  ["GHCR.io", "ghcr.io"],
  ["https://ghcr.io", "ghcr.io"],
  ["HTTPS://ghcr.io/", "ghcr.io"],
  ["http://localhost:5000/v2/", "localhost:5000"],
  ["docker.io", "docker.io"],
  ["index.docker.io", "docker.io"],
  ["registry-1.docker.io", "docker.io"],
  ["https://index.docker.io/v1/", "docker.io"],
  ["[::1]:5000", "[::1]:5000"],
];

for (const [text, registry] of names) {
  test(`${text} is the registry ${registry}`, () => {
    assert.equal(registryName(text), registry);
  });
}

const noNames = [
  "",
  "ghcr.io/me",
  "https://ghcr.io/me/app",
  "ghcr.io\nevil.example",
  "ghcr.io\r",
  "ghcr .io",
  "user@ghcr.io",
  "user:secret@ghcr.io",
  "__proto__",
  "ghcr.io?x",
  "ghcr.io:port",
  "a".repeat(100_000),
];

for (const text of noNames) {
  test(`${JSON.stringify(text.slice(0, 40))} is no registry`, () => {
    assert.throws(() => registryName(text), { code: "USAGE" });
  });
}

test("Docker Hub has the key that Docker gives it", () => {
  assert.equal(registryKey("docker.io"), "https://index.docker.io/v1/");
  assert.equal(registryKey("ghcr.io"), "ghcr.io");
});

const matches: [registry: string, repository: string, key: string][] = [
  ["ghcr.io", "me/app", "ghcr.io"],
  ["ghcr.io", "me/app", "GHCR.IO"],
  ["ghcr.io", "me/app", "https://ghcr.io"],
  ["ghcr.io", "me/app", "http://ghcr.io/"],
  ["ghcr.io", "me/app", "https://ghcr.io/v1/"],
  ["ghcr.io", "me/app", "ghcr.io/v2/"],
  ["ghcr.io", "me/app", "ghcr.io/me"],
  ["ghcr.io", "me/app", "ghcr.io/me/"],
  ["ghcr.io", "me/app", "ghcr.io/me/app"],
  ["ghcr.io", "me/app", "https://ghcr.io/registry"],
  ["localhost:5000", "app", "localhost:5000"],
  ["docker.io", "me/app", "https://index.docker.io/v1/"],
  ["docker.io", "me/app", "index.docker.io"],
  ["docker.io", "me/app", "docker.io/me"],
  ["docker.io", "me/app", "registry-1.docker.io"],
];

const all = (key: string, registry: string, repository?: string) =>
  Object.values(matchingKeys([key], registry, repository)).flat();

for (const [registry, repository, key] of matches) {
  test(`(rule 9: keys match whole hosts) ${key} is for ${registry}/${repository}`, () => {
    assert.deepEqual(all(key, registry, repository), [key]);
  });
}

const strangers: [registry: string, repository: string, key: string][] = [
  ["ghcr.io", "me/app", "hcr.io"],
  ["ghcr.io", "me/app", "evilghcr.io"],
  ["ghcr.io", "me/app", "ghcr.io.evil.example"],
  ["ghcr.io", "me/app", "ghcr.io:443"],
  ["ghcr.io:443", "me/app", "ghcr.io"],
  ["localhost:5000", "me/app", "localhost"],
  ["localhost:5000", "me/app", "localhost:50000"],
  ["ghcr.io", "me/app", "evil.example/ghcr.io"],
  ["ghcr.io", "me/app", "https://evil.example/ghcr.io"],
  ["ghcr.io", "me/app", "https://user@ghcr.io"],
  ["ghcr.io", "me/app", "ghcr.io/m"],
  ["ghcr.io", "me/app", "ghcr.io/me/ap"],
  ["ghcr.io", "me/app", "ghcr.io/me/app/more"],
  ["ghcr.io", "me/app", "*.io"],
  ["ghcr.io", "me/app", ""],
  ["docker.io", "me/app", "docker.com"],
  ["docker.io", "me/app", "auth.docker.io"],
  ["docker.io", "me/app", "https://index.docker.io/v1/access-token"],
  ["docker.io", "me/app", "https://index.docker.io/v1/refresh-token"],
];

for (const [registry, repository, key] of strangers) {
  test(`(rule 9: keys match whole hosts) ${key} is not for ${registry}/${repository}`, () => {
    assert.deepEqual(all(key, registry, repository), []);
  });
}

test("the longest path comes first, then the spelling of Docker", () => {
  const keys = [
    "https://ghcr.io/registry",
    "https://ghcr.io/v1/",
    "ghcr.io/me",
    "ghcr.io",
    "ghcr.io/me/app",
    "ghcr.io/you",
  ];
  assert.deepEqual(matchingKeys(keys, "ghcr.io", "me/app"), {
    scoped: ["ghcr.io/me/app", "ghcr.io/me"],
    whole: ["ghcr.io", "https://ghcr.io/v1/"],
    below: ["https://ghcr.io/registry"],
  });
  assert.deepEqual(matchingKeys(keys, "ghcr.io").scoped, []);
  const hub = ["index.docker.io", "docker.io", "https://index.docker.io/v1/"];
  assert.deepEqual(matchingKeys(hub, "docker.io").whole, [
    "https://index.docker.io/v1/",
    "docker.io",
    "index.docker.io",
  ]);
});

test("keys of parts of a registry are told apart", () => {
  const keys = ["ghcr.io", "ghcr.io/me", "https://ghcr.io/x", "quay.io/me"];
  assert.deepEqual(keysWithPaths(keys, "ghcr.io"), ["ghcr.io/me"]);
});

test("whatever the key, only the same host matches", () => {
  const host = fc.stringMatching(
    /^[a-z]{1,3}(\.[a-z]{1,2}){0,2}(:[0-9]{1,3})?$/,
  );
  const prefix = fc.constantFrom("", "http://", "https://", "HTTPS://");
  const path = fc.constantFrom("", "/", "/v1/", "/v2", "/a", "/a/b", "//");
  fc.assert(
    fc.property(host, host, prefix, path, (registry, other, scheme, rest) => {
      const found = all(`${scheme}${other}${rest}`, registry, "a/b");
      assert.equal(found.length, registry === other ? 1 : 0);
    }),
  );
});

test("long keys take no long time", () => {
  const begin = performance.now();
  for (const part of ["/", "//a", "https://", "a.", ":"]) {
    matchingKeys([part.repeat(100_000)], "ghcr.io", "me/app");
  }
  assert.ok(performance.now() - begin < 500);
});
