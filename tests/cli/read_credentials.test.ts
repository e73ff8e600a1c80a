import assert from "node:assert/strict";
import { test } from "node:test";
import type { CredentialFlags } from "../../src/cli/flags/credential_flags.ts";
import { readCredentials } from "../../src/cli/read_credentials.ts";
import type { Environment } from "../../src/cli/source_date_epoch.ts";

const SECRET = "hunter2-secret";

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

function read(
  flags: CredentialFlags,
  env: Environment = {},
  ...stdin: string[]
): ReturnType<typeof readCredentials> {
  return readCredentials(flags, env, () => chunks(...stdin));
}

/** The same without where it comes from. */
async function readBare(...args: Parameters<typeof read>): Promise<unknown> {
  const { source: _, ...credential } = await read(...args) ?? {};
  return credential;
}

test("credentials come from flags, then from the environment", async () => {
  const byName = { username: "me", password: SECRET };
  const env = { SCRATCHBUILD_USERNAME: "env", SCRATCHBUILD_PASSWORD: "env" };
  assert.equal(await read({}), undefined);
  assert.equal(
    await read({}, { SCRATCHBUILD_USERNAME: "", SCRATCHBUILD_TOKEN: "" }),
    undefined,
  );
  assert.deepEqual(await readBare({}, env), {
    username: "env",
    password: "env",
  });
  assert.deepEqual(await readBare(byName, env), byName);
  assert.deepEqual(await readBare({ username: "me" }, env), {
    username: "me",
    password: "env",
  });
  assert.deepEqual(await readBare({ password: SECRET }, env), {
    username: "env",
    password: SECRET,
  });
  assert.deepEqual(await readBare({}, { SCRATCHBUILD_TOKEN: SECRET }), {
    token: SECRET,
  });
  assert.deepEqual(await readBare({ token: SECRET }, env), { token: SECRET });
  assert.deepEqual(await readBare(byName, { SCRATCHBUILD_TOKEN: "t" }), byName);
});

test("--password-stdin loses one line end", async () => {
  const cases: [stdin: string[], password: string][] = [
    [["secret"], "secret"],
    [["secret\n"], "secret"],
    [["secret\r\n"], "secret"],
    [["secret\n\n"], "secret\n"],
    [["se", "cret", "\n"], "secret"],
    [[" secret "], " secret "],
    [["x".repeat(64 * 1024)], "x".repeat(64 * 1024)],
  ];
  const flags = { username: "me", "password-stdin": true };
  for (const [stdin, password] of cases) {
    assert.deepEqual(await readBare(flags, {}, ...stdin), {
      username: "me",
      password,
    });
  }
});

test("characters that arrive in two chunks stay whole", async () => {
  const bytes = new TextEncoder().encode("pässwörd");
  async function* stdin(): AsyncGenerator<Uint8Array> {
    for (const byte of bytes) yield Uint8Array.of(byte);
  }
  const flags = { username: "me", "password-stdin": true };
  assert.deepEqual(await readCredentials(flags, {}, stdin), {
    username: "me",
    password: "pässwörd",
    source: "--username and --password-stdin",
  });
});

test("what is half given, or given twice, is refused without telling it", async () => {
  const cases: [CredentialFlags, Environment, string[], RegExp][] = [
    [{ username: "me" }, {}, [], /a user name without a password/],
    [{ password: SECRET }, {}, [], /a password without a user name/],
    [{ username: "", password: SECRET }, {}, [], /without a user name/],
    [{ username: "me", password: "" }, {}, [], /without a password/],
    [{ "password-stdin": true }, {}, [SECRET], /without a user name/],
    [{}, { SCRATCHBUILD_USERNAME: "me" }, [], /without a password/],
    [{}, { SCRATCHBUILD_PASSWORD: SECRET }, [], /without a user name/],
    [
      { username: "me", password: SECRET, "password-stdin": true },
      {},
      [SECRET],
      /--password with --password-stdin/,
    ],
    [{ token: SECRET, username: "me" }, {}, [], /--token with --username/],
    [{ token: SECRET, "password-stdin": true }, {}, [], /--token with/],
    [
      {},
      { SCRATCHBUILD_TOKEN: SECRET, SCRATCHBUILD_USERNAME: "me" },
      [],
      /SCRATCHBUILD_TOKEN with SCRATCHBUILD_USERNAME/,
    ],
    [{ token: "" }, {}, [], /Cannot use --token: a token is visible ASCII/],
    [{ token: `${SECRET}\n` }, {}, [], /Cannot use --token/],
    [{}, { SCRATCHBUILD_TOKEN: `a ${SECRET}` }, [], /use SCRATCHBUILD_TOKEN/],
    [{ username: "a:b", password: SECRET }, {}, [], /holds a colon/],
    [{ username: "me", "password-stdin": true }, {}, [], /input is empty/],
    [{ username: "me", "password-stdin": true }, {}, ["\n"], /is empty/],
    [
      { username: "me", "password-stdin": true },
      {},
      [SECRET.repeat(5000)],
      /longer than 65536 bytes/,
    ],
  ];
  for (const [flags, env, stdin, message] of cases) {
    await assert.rejects(
      read(flags, env, ...stdin),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "USAGE");
        assert.match(error.message, message);
        assert.ok(!error.message.includes(SECRET), error.message);
        return true;
      },
      JSON.stringify(flags),
    );
  }
});

test("standard input is left alone unless it is asked for", async () => {
  const closed = () => assert.fail("opened");
  await readCredentials({ username: "a", password: "b" }, {}, closed);
  await assert.rejects(
    readCredentials({ password: "b", "password-stdin": true }, {}, closed),
    /give the password once/,
  );
});

test("a credential says where it comes from", async () => {
  const env = { SCRATCHBUILD_USERNAME: "a", SCRATCHBUILD_PASSWORD: "b" };
  const cases: [CredentialFlags, Environment, string][] = [
    [{ token: "t" }, {}, "--token"],
    [{}, { SCRATCHBUILD_TOKEN: "t" }, "SCRATCHBUILD_TOKEN"],
    [{}, env, "SCRATCHBUILD_USERNAME and SCRATCHBUILD_PASSWORD"],
    [{ username: "a" }, env, "--username and SCRATCHBUILD_PASSWORD"],
    [{ password: "b" }, env, "SCRATCHBUILD_USERNAME and --password"],
  ];
  for (const [flags, env, source] of cases) {
    assert.equal((await read(flags, env))?.source, source);
  }
});
