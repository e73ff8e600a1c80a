import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { dockerCredentials } from "../../../src/machine/credentials/docker_credentials.ts";
import { findCredential } from "../../../src/machine/credentials/find_credential.ts";
import { basic, type FakeHome, onWindows, withFakeHome } from "./fake_home.ts";

const push = { repository: "me/app", access: "push" } as const;
const pull = { repository: "me/app", access: "pull" } as const;

const print = (username: string, secret: string) =>
  `echo '{"ServerURL": "x", "Username": "${username}", "Secret": "${secret}"}'`;

const answer = (username: string, secret: string) =>
  `cat >/dev/null; ${print(username, secret)}`;

async function find(
  home: FakeHome,
  registry: string,
  request: { access: "pull" | "push"; repository: string } = push,
) {
  return await findCredential(registry, request, {
    ...home.options,
    helperTimeLimit: 5_000,
  });
}

test("a helper is asked (rule 10: helpers run without a shell)", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    home.helper(
      "fake",
      `echo "$#: $1" >>"$HOME/log"; cat >>"$HOME/log"; ${
        answer("me", "s3cret")
      }`,
    );
    home.write(".docker/config.json", { credsStore: "fake" });
    const found = await find(home, "ghcr.io");
    const source = "docker-credential-fake, named in ~/.docker/config.json";
    assert.deepEqual(found, {
      credential: { username: "me", password: "s3cret", source },
      source,
    });
    await find(home, "index.docker.io");
    assert.equal(
      readFileSync(home.path("log"), "utf8"),
      "1: get\nghcr.io\n1: get\nhttps://index.docker.io/v1/\n",
    );
  });
});

test("the user name <token> goes with an identity token", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    home.helper("fake", answer("<token>", "refresh"));
    home.write(".docker/config.json", { credsStore: "fake" });
    const { credential } = await find(home, "ghcr.io") ?? {};
    assert.ok(credential && "identityToken" in credential);
    assert.equal(credential.identityToken, "refresh");
  });
});

test("a helper for the registry comes before the one for all", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    home.helper("one", answer("one", "secret"));
    home.helper("all", answer("all", "secret"));
    home.write(".docker/config.json", {
      credsStore: "all",
      credHelpers: { "ghcr.io": "one", "quay.io": "" },
      auths: { "quay.io": { auth: basic("file", "secret") } },
    });
    const user = async (registry: string) => {
      const { credential } = await find(home, registry) ?? {};
      return credential && "username" in credential && credential.username;
    };
    assert.equal(await user("ghcr.io"), "one");
    assert.equal(await user("GHCR.IO"), "one");
    assert.equal(await user("docker.io"), "all");
    assert.equal(await user("quay.io"), "file");
  });
});

const notFound = "echo 'credentials not found in native keychain'; exit 1";

test("a helper that has nothing leaves the registry to the file", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    home.helper("fake", `cat >>"$HOME/log"; ${notFound}`);
    home.write(".docker/config.json", {
      credsStore: "fake",
      auths: {
        "https://ghcr.io/v1/": {},
        "ghcr.io/me": {},
        "quay.io": { auth: basic("file", "secret") },
      },
    });
    assert.equal(await find(home, "ghcr.io"), undefined);
    assert.equal(
      readFileSync(home.path("log"), "utf8"),
      "ghcr.io/me\nghcr.io\nhttps://ghcr.io/v1/\n",
    );
    const { source } = await find(home, "quay.io") ?? {};
    assert.equal(source, "~/.docker/config.json, key quay.io");
    assert.deepEqual(home.warnings, []);
  });
});

test("a helper that answers with nothing has nothing", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    home.helper("fake", answer("", ""));
    home.write(".docker/config.json", { credsStore: "fake" });
    assert.equal(await find(home, "ghcr.io"), undefined);
  });
});

/** Prints a secret wherever it can, and does something wrong. */
const bad: [name: string, script: string, why: RegExp][] = [
  ["garbage", "echo s3cret", /answered something that is no credential/],
  ["a list", "echo '[\"s3cret\"]'; exit 0", /is no credential/],
  ["a number as the secret", `echo '{"Secret": 5}'`, /is no credential/],
  ["failing", "echo s3cret; echo s3cret >&2; exit 7", /exit status 7/],
  [
    "chatty",
    "while :; do echo s3crets3crets3crets3crets3crets3cret; done",
    /printed more than 64 KiB/,
  ],
];

for (const [name, script, why] of bad) {
  test(`(rule 10: helpers run without a shell) a helper that is ${name}`, {
    skip: onWindows,
  }, async () => {
    await withFakeHome(async (home) => {
      home.helper("bad", script);
      home.write(".docker/config.json", { credsStore: "bad" });
      await assert.rejects(find(home, "ghcr.io"), (error: Error) => {
        const { code, message } = error as Error & { code?: string };
        assert.equal(code, "CREDENTIALS");
        assert.match(message, /docker-credential-bad, named in ~\/\.docker/);
        assert.match(message, why);
        assert.ok(!message.includes("s3cret") && !message.includes("\n"));
        return true;
      });
      assert.equal(await find(home, "ghcr.io", pull), undefined);
      assert.equal(home.warnings.length, 1);
      assert.match(home.warnings[0] ?? "", why);
      assert.ok(!home.warnings[0]?.includes("s3cret"));
    });
  });
}

test("a helper that leaves a program behind has answered all the same", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    home.helper("agent", `sleep 20 & ${answer("me", "s3cret")}`);
    home.write(".docker/config.json", { credsStore: "agent" });
    const begin = performance.now();
    const found = await find(home, "ghcr.io");
    assert.equal(
      found && "password" in found.credential && found.credential.password,
      "s3cret",
    );
    assert.ok(performance.now() - begin < 4_000);
  });
});

for (const script of ["exec sleep 20", "sleep 20"]) {
  test(`a helper that hangs is ended: ${script}`, {
    skip: onWindows,
  }, async () => {
    await withFakeHome(async (home) => {
      home.helper("slow", script);
      home.write(".docker/config.json", { credsStore: "slow" });
      const begin = performance.now();
      await assert.rejects(
        findCredential("ghcr.io", push, {
          ...home.options,
          helperTimeLimit: 100,
        }),
        { code: "CREDENTIALS", message: /did not answer within 0\.1 s/ },
      );
      assert.ok(performance.now() - begin < 5_000);
    });
  });

  test(`a helper ends with the look-up: ${script}`, {
    skip: onWindows,
  }, async () => {
    await withFakeHome(async (home) => {
      home.helper("slow", script);
      home.write(".docker/config.json", { credsStore: "slow" });
      const controller = new AbortController();
      const { signal } = controller;
      const found = findCredential(
        "ghcr.io",
        { ...push, signal },
        home.options,
      );
      setTimeout(() => controller.abort(), 50);
      await assert.rejects(found, { code: "ABORTED" });
      await assert.rejects(
        findCredential("ghcr.io", { ...push, signal }, home.options),
        { code: "ABORTED" },
      );
    });
  });
}

test("a helper that cannot be started is a failure like another", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    for (const text of ["#!/no/such/shell\n", "\x7fELF no program"]) {
      home.write("bin/docker-credential-odd", text, 0o755);
      home.write(".docker/config.json", { credsStore: "odd" });
      await assert.rejects(find(home, "ghcr.io"), {
        code: "CREDENTIALS",
        message: /docker-credential-odd, .*(cannot be started|exit status)/,
      });
    }
  });
});

test("a helper need not read its input", { skip: onWindows }, async () => {
  await withFakeHome(async (home) => {
    home.helper("deaf", `exec <&-; ${print("me", "x")}`);
    home.write(".docker/config.json", { credsStore: "deaf" });
    assert.ok(await find(home, "ghcr.io"));
  });
});

test("without the helper, pulls are anonymous and pushes an error", async () => {
  await withFakeHome(async (home) => {
    home.write(".docker/config.json", { credHelpers: { "ghcr.io": "gone" } });
    const credentials = dockerCredentials(home.options);
    assert.equal(await credentials("ghcr.io", pull), undefined);
    assert.equal(await credentials("ghcr.io", {}), undefined);
    const text = "docker-credential-gone, named in ~/.docker/config.json, is " +
      'not on the PATH. Install it, or take "gone" out of ' +
      "~/.docker/config.json and log in again";
    // Once, although it was asked twice.
    assert.deepEqual(home.warnings, [text]);
    await assert.rejects(async () => await credentials("ghcr.io", push), {
      code: "CREDENTIALS",
      message: `Cannot find the credential for ghcr.io: ${text}`,
    });
    assert.equal(await credentials("quay.io", push), undefined);
  });
});

test("without the helper, a pull uses what comes later, with a warning", async () => {
  await withFakeHome(async (home) => {
    home.write(".docker/config.json", { credsStore: "gone" });
    const { source } = await find(home, "ghcr.io", pull) ?? {};
    assert.equal(source, "GITHUB_TOKEN");
    assert.match(home.warnings[0] ?? "", /docker-credential-gone/);
  }, { GITHUB_TOKEN: "secret" });
});

const laterPlaces: [
  place: string,
  auths: Record<string, unknown>,
  env: Record<string, string>,
][] = [
  [
    "an entry of the same file",
    { "ghcr.io": { auth: basic("me", "old") } },
    {},
  ],
  ["a variable", {}, { GITHUB_TOKEN: "secret" }],
];

for (const [place, auths, env] of laterPlaces) {
  test(`a helper that fails does not have a push go as another: ${place}`, {
    skip: onWindows,
  }, async () => {
    await withFakeHome(async (home) => {
      home.helper("locked", "exit 1");
      for (const credsStore of ["locked", "gone"]) {
        home.write(".docker/config.json", { credsStore, auths });
        await assert.rejects(find(home, "ghcr.io"), {
          code: "CREDENTIALS",
          message: new RegExp(`docker-credential-${credsStore}, named in `),
        });
      }
    }, env);
  });
}

const names = ["../../evil", "a/b", "a b", "a;b", "$(x)", "é", "a\nb", ".."];

for (const name of names) {
  test(`(rule 10: helpers run without a shell) the name ${JSON.stringify(name)}`, async () => {
    await withFakeHome(async (home) => {
      let runs = 0;
      home.write(".docker/config.json", { credsStore: name });
      const found = findCredential("ghcr.io", push, {
        ...home.options,
        run: () => {
          runs++;
          return Promise.resolve(undefined);
        },
      });
      await assert.rejects(found, (error: Error) => {
        assert.ok(!error.message.includes("\n"));
        return /is not run|is not on the PATH/.test(error.message);
      });
      assert.equal(runs, name === ".." ? 1 : 0);
    });
  });
}

test("a helper is looked for on the PATH, not where the command runs", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    home.helper("here", `touch "$HOME/ran"; ${answer("me", "x")}`);
    home.write(".docker/config.json", { credsStore: "here" });
    for (const PATH of ["", ".", "bin", "bin:."]) {
      const options = {
        ...home.options,
        env: { ...home.options.env, PATH },
      };
      await assert.rejects(findCredential("ghcr.io", push, options), {
        message: /is not on the PATH/,
      });
    }
    assert.ok(!existsSync(home.path("ran")));
  });
});

test("a server with control characters is not asked for (rule 10: helpers run without a shell, CVE-2020-5260, CVE-2024-50338)", async () => {
  await withFakeHome(async (home) => {
    const asked: string[] = [];
    home.write(".docker/config.json", {
      credsStore: "fake",
      auths: { "https://ghcr.io/a\nevil.example": {} },
    });
    const found = findCredential("ghcr.io", push, {
      ...home.options,
      run: ({ input }) => {
        asked.push(input);
        return Promise.resolve({
          exitStatus: 1,
          stdout: "credentials not found in native keychain\n",
        });
      },
    });
    await assert.rejects(found, { message: /spaces or control characters/ });
    assert.deepEqual(asked, ["ghcr.io\n"]);
  });
});
