import assert from "node:assert/strict";
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { dockerCredentials } from "../../../src/machine/credentials/docker_credentials.ts";
import { eraseCredential } from "../../../src/machine/credentials/erase_credential.ts";
import { findCredential } from "../../../src/machine/credentials/find_credential.ts";
import { saveCredential } from "../../../src/machine/credentials/save_credential.ts";
import { updateAuthFile } from "../../../src/machine/credentials/update_auth_file.ts";
import { skipWithout } from "../../support/peers.ts";
import { run, runOk } from "../../support/run.ts";
import { runModule } from "../../support/run_module.ts";
import { basic, type FakeHome, onWindows, withFakeHome } from "./fake_home.ts";

const me = { username: "me", password: "s3cret" };
const mine = { auth: basic("me", "s3cret") };
const config = ".docker/config.json";

const read = (home: FakeHome, name = config) =>
  readFileSync(home.path(name), "utf8");
const json = (home: FakeHome, name = config) => JSON.parse(read(home, name));
const filesOf = (home: FakeHome, name = config) =>
  readdirSync(dirname(home.path(name)));

test("a file is made, for its owner alone (auth file: 0600)", async () => {
  await withFakeHome(async (home) => {
    const saved = await saveCredential("ghcr.io", me, home.options);
    assert.deepEqual(saved, {
      place: "~/.docker/config.json, key ghcr.io",
      kind: "file",
    });
    assert.deepEqual(json(home), { auths: { "ghcr.io": mine } });
    assert.deepEqual(filesOf(home), ["config.json"]);
    if (!onWindows) {
      assert.equal(statSync(home.path(config)).mode & 0o777, 0o600);
      assert.equal(statSync(home.path(".docker")).mode & 0o777, 0o700);
    }
    const found = await dockerCredentials(home.options)("ghcr.io", {});
    assert.deepEqual(found, { ...me, source: saved.place });
  });
});

test("Docker Hub has the key that Docker gives it, in place of others", async () => {
  await withFakeHome(async (home) => {
    home.write(config, { auths: { "docker.io": {}, "index.docker.io": {} } });
    const { place } = await saveCredential("docker.io", me, home.options);
    assert.equal(place, `~/${config}, key https://index.docker.io/v1/`);
    assert.deepEqual(json(home), {
      auths: { "https://index.docker.io/v1/": mine },
    });
  });
});

test("everything else in the file stays, in its order (auth file: existing keys kept)", async () => {
  await withFakeHome(async (home) => {
    const before = `{
  "psFormat": "table",
  "auths": {
    "quay.io": {"auth": "eDp5", "email": "a@b", "x": [1, {"y": null}]},
    "ghcr.io": {"auth": "b2xkOm9sZA=="},
    "__proto__": {"auth": "cDpx"},
    "ghcr.io/me": {"auth": "eDp5"}
  },
  "HttpHeaders": {"X-Meta": "1"},
  "__proto__": {"a": 1},
  "credHelpers": {"a.example": "b"},
  "aliases": {}
}`;
    home.write(config, before, 0o644);
    await saveCredential("ghcr.io", me, home.options);
    const after = before.replace("b2xkOm9sZA==", mine.auth);
    assert.equal(
      read(home),
      `${JSON.stringify(JSON.parse(after), null, "  ")}\n`,
    );
    if (!onWindows) {
      assert.equal(statSync(home.path(config)).mode & 0o777, 0o600);
    }
  });
});

test("the file that REGISTRY_AUTH_FILE names is written", async () => {
  await withFakeHome(async (home) => {
    const { place } = await saveCredential("ghcr.io", me, home.options);
    assert.equal(place, "~/new/auth.json, key ghcr.io");
    assert.ok(!existsSync(home.path(config)));
    assert.deepEqual(home.warnings, []);
  }, { REGISTRY_AUTH_FILE: "new/auth.json" });
});

test("podman's file is written where it has the registry already", async () => {
  await withFakeHome(async (home) => {
    const podman = ".config/containers/auth.json";
    home.write(podman, { auths: { "ghcr.io": { auth: "b2xkOm9sZA==" } } });
    const { place } = await saveCredential("ghcr.io", me, home.options);
    assert.equal(place, `~/${podman}, key ghcr.io`);
    assert.deepEqual(json(home, podman), { auths: { "ghcr.io": mine } });
    const other = await saveCredential("quay.io", me, home.options);
    assert.equal(other.place, `~/${config}, key quay.io`);
  });
});

test("a variable that comes before the file is warned of", async () => {
  const env = { DOCKER_AUTH_CONFIG: '{"auths": {"ghcr.io": {}}}' };
  await withFakeHome(async (home) => {
    await saveCredential("quay.io", me, home.options);
    assert.deepEqual(home.warnings, []);
    await saveCredential("ghcr.io", me, home.options);
    assert.match(
      home.warnings[0] ?? "",
      /^DOCKER_AUTH_CONFIG has .* unset it$/,
    );
  }, env);
});

test("a link in a directory that is a link leads where the system has it", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    const real = home.write("data/shared/config.json", "{}");
    mkdirSync(home.path("data/docker"));
    symlinkSync("data/docker", home.path(".docker"));
    symlinkSync("../shared/config.json", home.path(config));
    await saveCredential("ghcr.io", me, home.options);
    assert.ok(lstatSync(home.path(config)).isSymbolicLink());
    assert.match(readFileSync(real, "utf8"), /ghcr\.io/);
    assert.ok(!existsSync(home.path("shared")));
  });
});

test("a symbolic link stays, and what it leads to is written", {
  skip: onWindows,
}, async () => {
  for (const exists of [true, false]) {
    await withFakeHome(async (home) => {
      mkdirSync(home.path(".docker"));
      mkdirSync(home.path("dotfiles"));
      if (exists) writeFileSync(home.path("dotfiles/config.json"), "{}");
      symlinkSync("../dotfiles/config.json", home.path(config));
      await saveCredential("ghcr.io", me, home.options);
      assert.ok(lstatSync(home.path(config)).isSymbolicLink());
      assert.deepEqual(json(home, "dotfiles/config.json"), {
        auths: { "ghcr.io": mine },
      });
    });
  }
});

test("a file that root changes stays its owner's", {
  skip: process.getuid?.() !== 0 && "root alone gives files away",
}, async () => {
  await withFakeHome(async (home) => {
    chownSync(home.write(config, "{}"), 65534, 65533);
    await saveCredential("ghcr.io", me, home.options);
    const { uid, gid, mode } = statSync(home.path(config));
    assert.deepEqual([uid, gid, mode & 0o777], [65534, 65533, 0o600]);
  });
});

test("a helper keeps it, and the file says so", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    home.helper("fake", 'echo "$1" >"$HOME/log"; cat >>"$HOME/log"');
    home.write(config, {
      credsStore: "fake",
      auths: { "ghcr.io": { auth: "b2xkOm9sZA==" } },
    });
    const saved = await saveCredential("ghcr.io", me, home.options);
    assert.deepEqual(saved, {
      place: `docker-credential-fake, named in ~/${config}`,
      kind: "helper",
    });
    assert.equal(
      read(home, "log"),
      'store\n{"ServerURL":"ghcr.io","Username":"me","Secret":"s3cret"}\n',
    );
    assert.deepEqual(json(home), {
      credsStore: "fake",
      auths: { "ghcr.io": {} },
    });
    await saveCredential("docker.io", me, home.options);
    assert.match(read(home, "log"), /"https:\/\/index\.docker\.io\/v1\/"/);
  });
});

test("a helper that is missing, or fails, keeps nothing in the file", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    home.helper("bad", "cat; exit 1");
    for (const [name, why] of [["gone", "PATH"], ["bad", "exit status 1"]]) {
      const before = JSON.stringify({ credHelpers: { "ghcr.io": name } });
      home.write(config, before);
      await assert.rejects(
        saveCredential("ghcr.io", me, home.options),
        (error: Error) => {
          assert.ok(error.message.startsWith(
            `Cannot save the credential for ghcr.io: docker-credential-${name}`,
          ));
          assert.ok(error.message.includes(why ?? ""));
          assert.ok(!error.message.includes("s3cret"));
          return true;
        },
      );
      assert.equal(read(home), before);
    }
  });
});

test("a malformed file stays as it is", async () => {
  await withFakeHome(async (home) => {
    for (const text of ["{", "[]", '{"auths": []}']) {
      home.write(config, text);
      await assert.rejects(saveCredential("ghcr.io", me, home.options), {
        code: "CREDENTIALS",
      });
      assert.equal(read(home), text);
      assert.deepEqual(filesOf(home), ["config.json"]);
    }
  });
});

test("what cannot be sent is not kept", async () => {
  await withFakeHome(async (home) => {
    for (
      const [registry, username, password] of [
        ["ghcr.io", "a:b", "x"],
        ["ghcr.io", "me", "x\ny"],
        ["ghcr.io/me", "me", "x"],
        ["__proto__", "me", "x"],
        ["ghcr.io\nx", "me", "x"],
      ] as const
    ) {
      await assert.rejects(
        saveCredential(registry, { username, password }, home.options),
        { code: "USAGE" },
      );
    }
    assert.ok(!existsSync(home.path(".docker")));
  });
});

test("a place that cannot be written is named", async () => {
  await withFakeHome(async (home) => {
    home.write(".docker", "a file in the place of a directory");
    await assert.rejects(saveCredential("ghcr.io", me, home.options), {
      code: "CREDENTIALS",
      message: /^Cannot write ~\/\.docker\/config\.json: /,
    });
  });
});

test("many at once lose nothing (auth file: atomic rename)", async () => {
  await withFakeHome(async (home) => {
    const names = Array.from({ length: 12 }, (_, i) => `r${i}.example`);
    await Promise.all(
      names.map((name) => saveCredential(name, me, home.options)),
    );
    assert.deepEqual(Object.keys(json(home).auths).sort(), names.sort());
    assert.deepEqual(filesOf(home), ["config.json"]);
  });
});

test("several processes at once lose nothing (auth file: atomic rename)", async () => {
  await withFakeHome(async (home) => {
    const ofProcess = ["a", "b", "c"].map((name) =>
      Array.from({ length: 20 }, (_, i) => `${name}${i}.example`)
    );
    const results = await Promise.all(
      ofProcess.map((registries) =>
        runModule("tests/machine/credentials/save_several.ts", [
          home.home,
          ...registries,
        ])
      ),
    );
    assert.deepEqual(results.map(({ stderr }) => stderr), ["", "", ""]);
    assert.deepEqual(
      Object.keys(json(home).auths).sort(),
      ofProcess.flat().sort(),
    );
    assert.deepEqual(filesOf(home), ["config.json"]);
  });
});

test("a lock that was left behind is removed", async () => {
  await withFakeHome(async (home) => {
    const lock = home.write(".docker/.config.json.scratchbuild-lock", "1");
    const old = Date.now() / 1000 - 60;
    utimesSync(lock, old, old);
    await saveCredential("ghcr.io", me, home.options);
    assert.deepEqual(filesOf(home), ["config.json"]);
  });
});

test("waiting for a lock ends with the signal", async () => {
  await withFakeHome(async (home) => {
    home.write(".docker/.config.json.scratchbuild-lock", "1");
    const signal = AbortSignal.abort();
    await assert.rejects(
      saveCredential("ghcr.io", me, { ...home.options, signal }),
      { code: "ABORTED" },
    );
    assert.ok(!existsSync(home.path(config)));
  });
});

test("what another program writes meanwhile is not lost", async () => {
  await withFakeHome(async (home) => {
    const path = home.write(config, { auths: {} });
    let calls = 0;
    await updateAuthFile(
      { path, shown: config, kind: "docker" },
      (document) => {
        if (calls++ === 0) writeFileSync(path, '{"auths":{},"other":1}');
        document.mine = 2;
        return true;
      },
    );
    assert.equal(calls, 2);
    assert.deepEqual(json(home), { auths: {}, other: 1, mine: 2 });
    assert.deepEqual(filesOf(home), ["config.json"]);
  });
});

test("skopeo uses what was kept", { skip: skipWithout("skopeo") }, async () => {
  await withFakeHome(async (home) => {
    const env = { ...home.options.env } as Record<string, string>;
    await saveCredential("registry.example:5000", me, home.options);
    await saveCredential("docker.io", me, home.options);
    for (const registry of ["registry.example:5000", "docker.io"]) {
      const args = ["login", "--get-login", registry];
      assert.equal(await runOk("skopeo", args, { env }), "me\n");
    }
    const args = ["login", "--get-login", "ghcr.io"];
    assert.notEqual((await run("skopeo", args, { env })).code, 0);
  });
});

test("what skopeo keeps is used, and removed", {
  skip: skipWithout("skopeo"),
}, async () => {
  const server = createServer((request, response) => {
    const header = { "www-authenticate": 'Basic realm="test"' };
    const isKnown = request.headers.authorization === `Basic ${mine.auth}`;
    response.writeHead(isKnown ? 200 : 401, header).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const registry = `127.0.0.1:${port}`;
  await withFakeHome(async (home) => {
    const env = { ...home.options.env } as Record<string, string>;
    mkdirSync(home.path("run"));
    const args = [
      "login",
      "--tls-verify=false",
      "-u",
      "me",
      "--password-stdin",
    ];
    await runOk("skopeo", [...args, registry], { env, input: "s3cret" });
    const source = `~/run/containers/auth.json, key ${registry}`;
    assert.deepEqual(await findCredential(registry, {}, home.options), {
      credential: { ...me, source },
      source,
    });
    const { place } = await saveCredential(registry, me, home.options);
    assert.equal(place, source);
    assert.deepEqual(await eraseCredential(registry, home.options), [source]);
    const logout = await run("skopeo", ["logout", registry], { env });
    assert.match(logout.stderr, /not logged in/i);
  }).finally(() => server.close());
});
