import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  entryCredential,
  passwordEntry,
} from "../../../src/machine/credentials/auth_entry.ts";
import { basic } from "./fake_home.ts";

const entries: [name: string, entry: Record<string, unknown>, unknown][] = [
  ["nothing", {}, undefined],
  ["empty texts", { auth: "", identitytoken: "", email: "a@b" }, undefined],
  ["null", { auth: null }, undefined],
  ["auth", { auth: basic("me", "secret") }, {
    username: "me",
    password: "secret",
  }],
  ["auth with colons in the password", { auth: basic("me", "a:b:c") }, {
    username: "me",
    password: "a:b:c",
  }],
  ["auth without padding", { auth: "bWU6cA" }, {
    username: "me",
    password: "p",
  }],
  ["auth of base64url", { auth: "bWU6Pz8_" }, {
    username: "me",
    password: "???",
  }],
  ["auth padded with zeros", { auth: basic("me", "p\0\0") }, {
    username: "me",
    password: "p",
  }],
  ["auth without a password", { auth: basic("me", "") }, {
    username: "me",
    password: "",
  }],
  ["user name and password", { username: "me", password: "secret" }, {
    username: "me",
    password: "secret",
  }],
  ["auth before user name and password", {
    auth: basic("me", "new"),
    username: "me",
    password: "old",
  }, { username: "me", password: "new" }],
  ["identity token", {
    auth: basic("00000000-0000-0000-0000-000000000000", ""),
    identitytoken: "refresh",
  }, { identityToken: "refresh" }],
  ["registry token", { registrytoken: "bearer", identitytoken: "refresh" }, {
    token: "bearer",
  }],
];

for (const [name, entry, credential] of entries) {
  test(`an entry is read: ${name}`, () => {
    assert.deepEqual(entryCredential(entry), credential);
  });
}

const malformed: [entry: Record<string, unknown>, message: RegExp][] = [
  [{ auth: "p@ssw0rd!" }, /^its auth is not base64$/],
  [{ auth: btoa("p@ssw0rd") }, /^its auth is not USER:PASSWORD in base64$/],
  [{ auth: btoa("me:\xff") }, /^its auth is not base64$/],
  [{ auth: 5 }, /^its auth is no text$/],
  [{ identitytoken: {} }, /^its identitytoken is no text$/],
];

for (const [entry, message] of malformed) {
  test(`an entry is refused: ${JSON.stringify(entry)}`, () => {
    assert.throws(() => entryCredential(entry), { message });
  });
}

test("what is inherited counts for nothing", () => {
  const entry = Object.create({ auth: basic("me", "secret") });
  assert.equal(entryCredential(entry), undefined);
});

test("any user name and password come back as they were", () => {
  const username = fc.string({ unit: "grapheme" })
    .map((text) => text.replaceAll(":", ""));
  const password = fc.string({ unit: "grapheme" })
    .map((text) => `${text}.`);
  fc.assert(
    fc.property(username, password, (username, password) => {
      const entry = passwordEntry({ username, password });
      assert.deepEqual(entryCredential(entry), { username, password });
    }),
  );
});
