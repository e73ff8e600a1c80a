import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { withDockerRegistry } from "../support/docker_registry.ts";
import { skipWithout } from "../support/peers.ts";
import { runOk } from "../support/run.ts";
import { runCli, runCliOk } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { withTokenServer } from "../support/token_server.ts";
import { runAtTerminal } from "../support/typing.ts";

const hello = fileURLToPath(new URL("../../examples/hello", import.meta.url));
const skip = skipWithout("docker-registry", "htpasswd");
const htpasswd = { user: "alice", password: "s3cret: ü" };

test(
  "login, auth, push and logout, with a password",
  { skip },
  () =>
    withDockerRegistry({ htpasswd }, ({ host }) =>
      withTempDir(async (home) => {
        const env = { HOME: home };
        const push = ["push", hello, `${host}/team/hello:v1`, "--quiet"];
        assert.equal((await runCli(push, { env })).code, 3);
        const login = [
          "login",
          host,
          "--username",
          "alice",
          "--password-stdin",
        ];
        const wrong = await runCli(login, { env, input: "s3cret, but wrong" });
        assert.equal(wrong.code, 3);
        assert.match(wrong.stderr, /^scratchbuild: Cannot log in [^\n]*\n$/);
        assert.doesNotMatch(wrong.stderr, /s3cret/);

        assert.equal(
          await runCliOk(login, { env, input: `${htpasswd.password}\n` }),
          `logged in to ${host} as alice, kept in ~/.docker/config.json, ` +
            `key ${host}, not encrypted\n`,
        );
        const auth = await runCliOk(["auth", `${host}/team/hello`], { env });
        assert.match(
          auth,
          /^credential {2}password of alice, from ~\/\.docker\/config\.json, key /m,
        );
        assert.match(auth, /^may pull {4}yes\nmay push {4}yes\n$/m);
        await runCliOk(push, { env });

        assert.equal(
          await runCliOk(["logout", host], { env }),
          `logged out of ${host}, removed from ~/.docker/config.json, ` +
            `key ${host}\n`,
        );
        assert.equal((await runCli(push, { env })).code, 3);
      })),
);

test(
  "auth tells which scopes were granted",
  {
    skip: skip || skipWithout("openssl"),
  },
  () =>
    withTokenServer(
      htpasswd,
      (tokens) =>
        withDockerRegistry({ tokens }, async ({ host }) => {
          const argv = ["auth", `${host}/team/hello`];
          const nobody = await runCli(argv);
          assert.equal(nobody.code, 3);
          assert.match(
            nobody.stdout,
            /^granted {5}repository:team\/hello:pull$/m,
          );
          assert.match(nobody.stdout, /^may pull {4}yes\nmay push {4}no$/m);
          const alice = await runCliOk(
            [...argv, "--username", "alice", "--password-stdin"],
            { input: htpasswd.password },
          );
          assert.match(alice, /^granted {5}repository:team\/hello:pull,push$/m);
          assert.match(alice, /^may pull {4}yes\nmay push {4}yes$/m);
          assert.doesNotMatch(alice, /s3cret/);
        }),
    ),
);

test(
  "skopeo and scratchbuild read what the other one keeps",
  {
    skip: skip || skipWithout("skopeo"),
  },
  () =>
    withDockerRegistry({ htpasswd }, ({ host }) =>
      withTempDir(async (home) => {
        const file = join(home, "auth.json");
        const env = { HOME: home, REGISTRY_AUTH_FILE: file };
        const account = ["--username", "alice", "--password-stdin", host];
        const input = `${htpasswd.password}\n`;
        const skopeo = ["login", "--tls-verify=false", ...account];
        await runOk("skopeo", skopeo, { env, input });
        const push = ["push", hello, `${host}/team/hello:v1`, "--quiet"];
        await runCliOk(push, { env });
        await runOk("skopeo", ["logout", host], { env });
        assert.equal((await runCli(push, { env })).code, 3);

        await runCliOk(["login", ...account], { env, input });
        const image = `docker://${host}/team/hello:v1`;
        const inspect = ["inspect", "--tls-verify=false", image];
        await runOk("skopeo", inspect, { env });
        await runCliOk(["logout", host], { env });
        await assert.rejects(runOk("skopeo", inspect, { env }), /unauthorized/);
      })),
);

test("at a terminal, login asks, and the password is not shown", {
  skip: skip || skipWithout("script"),
}, () =>
  withDockerRegistry(
    { htpasswd: { user: "alice", password: "s3cret" } },
    ({ host }) =>
      withTempDir(async (home) => {
        const env = { HOME: home };
        const login = ["login", host];
        const stopped = await runAtTerminal(login, [
          ["User name", "alice\n"],
          ["Password", "s3\x03"],
        ], env);
        assert.equal(stopped.code, 130, stopped.shown);
        assert.doesNotMatch(stopped.shown, /s3/);
        const { code, shown } = await runAtTerminal(login, [
          ["User name", "alice\n"],
          ["Password", "s3cx\x7fret\r"],
        ], env);
        assert.equal(code, 0, shown);
        assert.doesNotMatch(shown, /s3c/);
        assert.match(shown, /Password of alice: \r\nlogged in to /);
        const config = join(home, ".docker", "config.json");
        const { auths } = JSON.parse(await readFile(config, "utf8"));
        assert.deepEqual(auths, { [host]: { auth: btoa("alice:s3cret") } });
      }),
  ));

test(
  "a helper that is missing stops a push, and is named",
  { skip },
  () =>
    withDockerRegistry({ htpasswd }, ({ host }) =>
      withTempDir(async (home) => {
        const credHelpers = { [host]: "not-installed" };
        const file = join(home, "config.json");
        await writeFile(file, JSON.stringify({ credHelpers }));
        const env = { HOME: home, DOCKER_CONFIG: home };
        const push = ["push", hello, `${host}/team/hello:v1`, "--quiet"];
        const { code, stderr } = await runCli(push, { env });
        assert.equal(code, 3, stderr);
        assert.match(
          stderr,
          /^scratchbuild: Cannot [^\n]*docker-credential-not-installed[^\n]*\n$/,
        );
      })),
);
