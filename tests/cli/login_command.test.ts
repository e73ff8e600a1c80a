import assert from "node:assert/strict";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type InProcessOptions, runInProcess } from "./run_in_process.ts";
import { takesAll, withRegistry } from "./with_registry.ts";

const SECRET = "hunter2-secret";
const BASIC = `Basic ${btoa(`me:${SECRET}`)}`;

interface Place {
  readonly host: string;
  readonly source: string;
  readonly env: Record<string, string>;
  /** The file of credentials, taken apart. */
  readonly auths: () => Promise<Record<string, unknown>>;
}

/** Lends a registry that knows one user, and a home directory. */
function withBasicRegistry(use: (place: Place) => Promise<void>) {
  return withRegistry((request, response) => {
    if (request.headers.authorization === BASIC) {
      return takesAll(request, response);
    }
    response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
  }, (host, source) => {
    const directory = `${source}-docker`;
    const file = join(directory, "config.json");
    const auths = async () => JSON.parse(await readFile(file, "utf8")).auths;
    return use({ host, source, env: { DOCKER_CONFIG: directory }, auths });
  });
}

test("login keeps what the registry takes, and push finds it", () =>
  withBasicRegistry(async ({ host, source, env, auths }) => {
    const typed = ["me", SECRET];
    const login = await runInProcess(["login", host], { env, typed });
    assert.equal(login.status, 0, login.stderr);
    assert.equal(
      login.stderr,
      `User name at ${host}: \nPassword of me: (hidden)\n`,
    );
    assert.match(
      login.stdout,
      /^logged in to [\d.:]+ as me, kept in \S+config\.json, key [\d.:]+, not encrypted\n$/,
    );
    assert.deepEqual(await auths(), { [host]: { auth: BASIC.slice(6) } });
    const { mode } = await stat(join(env.DOCKER_CONFIG ?? "", "config.json"));
    assert.equal(mode & 0o777, 0o600);

    const push = await runInProcess(["push", source, `${host}/app`], { env });
    assert.equal(push.status, 0, push.stderr);

    const logout = await runInProcess(["logout", host], { env });
    assert.equal(logout.status, 0, logout.stderr);
    assert.match(logout.stdout, /^logged out of \S+, removed from \S+config/);
    assert.deepEqual(await auths(), {});
    const again = await runInProcess(["logout", host], { env });
    assert.deepEqual(again, {
      status: 0,
      stdout: `not logged in to ${host}, nothing to remove\n`,
      stderr: "",
    });
    const refused = await runInProcess(["push", source, `${host}/app`], {
      env,
    });
    assert.equal(refused.status, 3);
  }));

test("the password may come from elsewhere, and from an argument with a warning (rule 11: argv passwords)", () =>
  withBasicRegistry(async ({ host, env, auths }) => {
    const stdin: InProcessOptions = { env, stdin: `${SECRET}\n` };
    const cases: [flags: string[], options: InProcessOptions][] = [
      [["--username", "me", "--password-stdin"], stdin],
      [["--username", "me", "--password-stdin"], { ...stdin, typed: [] }],
      [["--username", "me", "--password", SECRET], { env }],
      [["--password", SECRET], { env, typed: ["me"] }],
      [["--username", "me"], { env, typed: [SECRET] }],
      [["--username", "me"], {
        env: { ...env, SCRATCHBUILD_PASSWORD: SECRET },
      }],
      [[], {
        env: {
          ...env,
          SCRATCHBUILD_USERNAME: "me",
          SCRATCHBUILD_PASSWORD: SECRET,
        },
      }],
    ];
    for (const [flags, options] of cases) {
      const argv = ["login", host, ...flags];
      const { status, stdout, stderr } = await runInProcess(argv, options);
      assert.equal(status, 0, stderr);
      assert.ok(!(stdout + stderr).includes(SECRET));
      const isShown = flags.includes("--password");
      assert.equal(
        /warning: .* what --password says/.test(stderr),
        isShown,
        stderr,
      );
      assert.deepEqual(Object.keys(await auths()), [host]);
      await runInProcess(["logout", host], { env });
    }
  }));

test("what the registry does not take is not kept", () =>
  withBasicRegistry(async ({ host, env, auths }) => {
    const typed = ["me", `${SECRET}-but-wrong`];
    const { status, stdout, stderr } = await runInProcess(["login", host], {
      env,
      typed,
    });
    assert.equal(status, 3);
    assert.equal(stdout, "");
    assert.match(stderr, /\nscratchbuild: Cannot log in to [^\n]*401[^\n]*\n$/);
    assert.ok(!stderr.includes(SECRET));
    await assert.rejects(auths());
  }));

test("a registry that asks nobody cannot tell whether a password is right", () =>
  withRegistry(takesAll, async (host, source) => {
    const env = { DOCKER_CONFIG: `${source}-docker` };
    const { status, stdout, stderr } = await runInProcess(["login", host], {
      env,
      typed: ["me", SECRET],
    });
    assert.equal(status, 0);
    assert.match(stdout, /^logged in/);
    assert.match(stderr, /warning: [\d.:]+ asks nobody .* not checked\n$/);
  }));

test("without a terminal, login does not ask", () =>
  withBasicRegistry(async ({ host, env }) => {
    const cases: [flags: string[], why: RegExp][] = [
      [[], /no user name was given\. Add --username/],
      [["--username", "me"], /no password was given\. Add --password-stdin/],
      [["--password", SECRET], /no user name was given/],
      [["--username", "a:b", "--password", SECRET], /holds a colon/],
      [["--username", "", "--password", SECRET], /without a user name/],
      [["--password", SECRET, "--password-stdin"], /give the password once/],
      [["--username", "me", "--password-stdin"], /standard input is empty/],
    ];
    for (const [flags, why] of cases) {
      const argv = ["login", host, ...flags];
      const { status, stderr } = await runInProcess(argv, { env });
      assert.equal(status, 2, stderr);
      assert.match(stderr, why);
      assert.ok(!stderr.includes(SECRET));
    }
  }));

test("logout says what is still used", async () => {
  const env = { GITHUB_TOKEN: SECRET };
  const { status, stdout } = await runInProcess(["logout", "ghcr.io"], { env });
  assert.equal(status, 0);
  assert.match(
    stdout,
    /^not logged in to ghcr\.io, nothing to remove\nstill used for ghcr\.io: GITHUB_TOKEN.*\n$/,
  );
  assert.ok(!stdout.includes(SECRET));
});

test("a file that is no JSON is named, and nothing of it shown", () =>
  withBasicRegistry(async ({ host, source, env }) => {
    const REGISTRY_AUTH_FILE = join(source, "file");
    const files = { ...env, REGISTRY_AUTH_FILE };
    for (
      const argv of [
        ["login", host, "--username", "me", "--password", SECRET],
        ["logout", host],
        ["push", source, `${host}/app`],
        ["auth", `${host}/app`],
      ]
    ) {
      const { status, stderr } = await runInProcess(argv, { env: files });
      assert.equal(status, 3, stderr);
      assert.match(stderr, /scratchbuild: Cannot [^\n]*\/src\/file[^\n]*\n$/);
      assert.ok(!stderr.includes("content"), stderr);
    }
  }));

test("a helper keeps the password, and its name is told", {
  skip: process.platform === "win32" && "the helper is a shell script",
}, () =>
  withBasicRegistry(async ({ host, source, env }) => {
    const directory = env.DOCKER_CONFIG ?? "";
    await mkdir(directory);
    const config = { credHelpers: { [host]: "test" } };
    await writeFile(join(directory, "config.json"), JSON.stringify(config));
    const helper = join(directory, "docker-credential-test");
    // What the protocol says, but for a registry of its own.
    const script = `#!/bin/sh
cd '${directory}'
case $1 in
store) cat >kept ;;
get) echo >>asked; cat kept 2>/dev/null || { echo credentials not found in native keychain; exit 1; } ;;
erase) rm kept ;;
esac
`;
    await writeFile(helper, script, { mode: 0o755 });
    const withHelper = { ...env, PATH: `${directory}:/usr/bin:/bin` };
    const run = (argv: string[], typed?: string[]) =>
      runInProcess(argv, { env: withHelper, ...(typed && { typed }) });
    const login = await run(["login", host], ["me", SECRET]);
    assert.equal(login.status, 0, login.stderr);
    assert.equal(
      login.stdout,
      `logged in to ${host} as me, kept in docker-credential-test, ` +
        `named in ${directory}/config.json\n`,
    );
    const push = await run(["push", source, `${host}/app`]);
    assert.equal(push.status, 0, push.stderr);
    // A helper may ask a person.
    assert.equal(await readFile(join(directory, "asked"), "utf8"), "\n");
    const logout = await run(["logout", host]);
    assert.equal(logout.status, 0, logout.stderr);
    assert.match(logout.stdout, /^logged out .* docker-credential-test/);

    await rm(helper);
    const missing = await run(["logout", host]);
    assert.equal(missing.status, 0, missing.stderr);
    assert.match(
      missing.stderr,
      /^scratchbuild: warning: [^\n]*docker-credential-test[^\n]*\n$/,
    );
    const refused = await run(["push", source, `${host}/app`]);
    assert.equal(refused.status, 3, refused.stderr);
    assert.match(
      refused.stderr,
      // Before anything is packed.
      /^scratchbuild: Cannot [^\n]*docker-credential-test[^\n]*\n$/,
    );
  }));
