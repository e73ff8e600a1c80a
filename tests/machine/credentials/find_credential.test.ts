import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { parseAuthDocument } from "../../../src/machine/credentials/auth_file.ts";
import { findCredential } from "../../../src/machine/credentials/find_credential.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";
import { basic, type FakeHome, onWindows, withFakeHome } from "./fake_home.ts";

const auths = (key: string, username: string) => ({
  auths: { [key]: { auth: basic(username, "secret") } },
});

async function userOf(
  home: FakeHome,
  registry: string,
  repository = "me/app",
): Promise<string | undefined> {
  const request = { repository, access: "push" } as const;
  const found = await findCredential(registry, request, home.options);
  const { credential } = found ?? {};
  return credential && "username" in credential
    ? `${credential.username} of ${found?.source}`
    : undefined;
}

test("the places are searched in order, and name themselves", async () => {
  const env = {
    DOCKER_AUTH_CONFIG: JSON.stringify(auths("ghcr.io", "variable")),
    GITHUB_TOKEN: "secret",
    GITHUB_ACTOR: "actor",
  };
  await withFakeHome(async (home) => {
    const named = {
      ...home,
      options: {
        ...home.options,
        env: { ...home.options.env, REGISTRY_AUTH_FILE: "named.json" },
      },
    };
    const without = {
      ...home,
      options: {
        ...home.options,
        env: { ...home.options.env, DOCKER_AUTH_CONFIG: "" },
      },
    };
    const user = () => userOf(home, "ghcr.io");
    assert.equal(await userOf(without, "ghcr.io"), "actor of GITHUB_TOKEN");
    home.write(".docker/config.json", auths("ghcr.io", "docker"));
    assert.equal(
      await userOf(without, "ghcr.io"),
      "docker of ~/.docker/config.json, key ghcr.io",
    );
    assert.equal(await user(), "variable of DOCKER_AUTH_CONFIG, key ghcr.io");
    home.write(".config/containers/auth.json", auths("ghcr.io", "config"));
    assert.equal(
      await user(),
      "config of ~/.config/containers/auth.json, key ghcr.io",
    );
    home.write("run/containers/auth.json", auths("ghcr.io", "runtime"));
    assert.equal(
      await user(),
      "runtime of ~/run/containers/auth.json, key ghcr.io",
    );
    home.write("named.json", auths("ghcr.io", "named"));
    assert.equal(
      await userOf(named, "ghcr.io"),
      "named of ~/named.json, key ghcr.io",
    );
    home.write("named.json", "");
    assert.match(await userOf(named, "ghcr.io") ?? "", /^runtime of /);
    assert.deepEqual(home.warnings, []);
  }, env);
});

test("DOCKER_CONFIG and XDG_CONFIG_HOME move the files", async () => {
  await withFakeHome(async (home) => {
    home.write(".docker/config.json", auths("quay.io", "home"));
    home.write("moved/config.json", auths("quay.io", "moved"));
    assert.match(await userOf(home, "quay.io") ?? "", /^moved of ~\/moved/);
    home.write("xdg/containers/auth.json", auths("quay.io", "xdg"));
    const options = { ...home.options.env, XDG_CONFIG_HOME: home.path("xdg") };
    const moved = { ...home, options: { ...home.options, env: options } };
    assert.match(await userOf(moved, "quay.io") ?? "", /^xdg of ~\/xdg/);
  }, { DOCKER_CONFIG: "moved" });
});

test("each place that was looked in is told", async () => {
  await withFakeHome(async (home) => {
    const places: string[] = [];
    home.write(".docker/config.json", auths("quay.io", "me"));
    const options = {
      ...home.options,
      onPlace: ({ place, outcome }: { place: string; outcome: string }) =>
        places.push(`${place}: ${outcome}`),
    };
    await findCredential("ghcr.io", {}, options);
    assert.deepEqual(places, [
      "~/run/containers/auth.json: absent",
      "~/.config/containers/auth.json: absent",
      "~/.docker/config.json: nothing",
      "GITHUB_TOKEN: absent",
    ]);
    places.length = 0;
    await findCredential("quay.io", {}, options);
    assert.equal(places.at(-1), "~/.docker/config.json: found");
    places.length = 0;
    home.write(".docker/config.json", "{");
    await assert.rejects(findCredential("quay.io", {}, options));
    assert.equal(places.at(-1), "~/.docker/config.json: unusable");
  });
});

test("an entry of a repository comes before that of the registry", async () => {
  await withFakeHome(async (home) => {
    home.write(".docker/config.json", {
      auths: {
        "ghcr.io": { auth: basic("all", "secret") },
        "ghcr.io/me": { auth: basic("mine", "secret") },
        "ghcr.io/me/app": { auth: basic("app", "secret") },
      },
    });
    const user = async (repository: string) =>
      (await userOf(home, "ghcr.io", repository))?.split(" ")[0];
    assert.equal(await user("me/app"), "app");
    assert.equal(await user("me/other"), "mine");
    assert.equal(await user("me2/app"), "all");
    assert.equal(await user("you/app"), "all");
  });
});

test("(rule 9: keys match whole hosts) another registry's entry is not used", async () => {
  await withFakeHome(async (home) => {
    home.write(".docker/config.json", auths("hcr.io", "other"));
    assert.equal(await userOf(home, "ghcr.io"), undefined);
    assert.equal(await userOf(home, "hcr.io:443"), undefined);
    assert.equal(await userOf(home, "hcr.io"), await userOf(home, "HCR.io"));
  });
});

test("GITHUB_TOKEN is for ghcr.io alone", async () => {
  const env = { GITHUB_TOKEN: "secret" };
  await withFakeHome(async (home) => {
    assert.equal(
      await userOf(home, "ghcr.io"),
      "x-access-token of GITHUB_TOKEN",
    );
    for (const other of ["ghcr.io:443", "docker.io", "evilghcr.io"]) {
      assert.equal(await userOf(home, other), undefined);
    }
  }, env);
});

test("what GitLab hands out is for the registry that it names alone", async () => {
  const env = {
    CI_REGISTRY: "gitlab.example.com:5050",
    CI_REGISTRY_USER: "ci",
    CI_REGISTRY_PASSWORD: "secret",
    CI_JOB_TOKEN: "secret",
  };
  await withFakeHome(async (home) => {
    const registry = "gitlab.example.com:5050";
    assert.equal(await userOf(home, registry), "ci of CI_REGISTRY_PASSWORD");
    for (const other of ["gitlab.example.com", "registry.gitlab.com"]) {
      assert.equal(await userOf(home, other), undefined);
    }
    const rest = { ...home.options.env, CI_REGISTRY_PASSWORD: "" };
    const job = { ...home, options: { ...home.options, env: rest } };
    assert.equal(
      await userOf(job, registry),
      "gitlab-ci-token of CI_JOB_TOKEN",
    );
  }, env);
  await withFakeHome(async (home) => {
    assert.equal(await userOf(home, "registry.gitlab.com"), undefined);
  }, { CI_JOB_TOKEN: "secret" });
});

const broken: [name: string, content: unknown, why: RegExp][] = [
  ["no JSON", '{"auths": {"ghcr.io": {"auth": "p4ss"}', /it is not valid JSON/],
  ["a list", [], /it is no JSON object/],
  ["auths that are a text", { auths: "p4ss" }, /its auths is no JSON object/],
  ["an entry that is a text", { auths: { "ghcr.io": "p4ss" } }, /no JSON obj/],
  ["a store that is a list", { credsStore: ["p4ss"] }, /credsStore is no text/],
  ["a helper that is a number", { credHelpers: { "a.io": 5 } }, /is no text/],
  [
    "an auth that is none",
    { auths: { "ghcr.io": { auth: "p4ss!" } } },
    /base64/,
  ],
  ["depth without end", `${"[".repeat(1e5)}p4ss`, /it is not valid JSON/],
  ["a file without end", `"${"p4ss".repeat(3e5)}"`, /it is larger than 1 MiB/],
];

for (const [name, content, why] of broken) {
  test(`a malformed file is named and not shown: ${name}`, async () => {
    await withFakeHome(async (home) => {
      home.write(".docker/config.json", content);
      await assert.rejects(userOf(home, "ghcr.io"), (error: Error) => {
        const { code, message, cause } = error as Error & { code?: string };
        assert.equal(code, "CREDENTIALS");
        assert.match(message, /^Cannot read ~\/\.docker\/config\.json/);
        assert.match(message, why);
        assert.ok(!message.includes("p4ss") && !message.includes("\n"));
        assert.equal(cause, undefined);
        return true;
      });
    });
  });
}

test("a file with a byte order mark, and an empty one, are read", async () => {
  await withFakeHome(async (home) => {
    const text = JSON.stringify(auths("ghcr.io", "me"));
    home.write(".docker/config.json", `\ufeff${text}`);
    assert.match(await userOf(home, "ghcr.io") ?? "", /^me of/);
    home.write(".docker/config.json", "\n");
    assert.equal(await userOf(home, "ghcr.io"), undefined);
  });
});

test("what is no file is an error, and a missing one is not", async () => {
  await withFakeHome(async (home) => {
    mkdirSync(home.path(".docker/config.json"), { recursive: true });
    await assert.rejects(userOf(home, "ghcr.io"), {
      code: "CREDENTIALS",
      message: "Cannot read ~/.docker/config.json: it is a directory",
    });
  });
  await withFakeHome(async (home) => {
    home.write(".docker", "a file in the place of a directory");
    assert.equal(await userOf(home, "ghcr.io"), undefined);
    assert.match(
      home.warnings[0] ?? "",
      /^REGISTRY_AUTH_FILE names ~\/no\.json/,
    );
  }, { REGISTRY_AUTH_FILE: "no.json" });
});

test("a pipe is refused, and not waited for", { skip: onWindows }, async () => {
  await withFakeHome(async (home) => {
    mkdirSync(home.path(".docker"));
    execFileSync("mkfifo", [home.path(".docker/config.json")]);
    await assert.rejects(userOf(home, "ghcr.io"), {
      code: "CREDENTIALS",
      message: "Cannot read ~/.docker/config.json: it is a pipe; name a file",
    });
  });
});

test("a symbolic link is followed", { skip: onWindows }, async () => {
  await withFakeHome(async (home) => {
    home.write("secrets/config.json", auths("ghcr.io", "me"));
    mkdirSync(home.path(".docker"));
    symlinkSync("../secrets/config.json", home.path(".docker/config.json"));
    assert.match(await userOf(home, "ghcr.io") ?? "", /^me of ~\/\.docker/);
  });
});

test("a file that everybody can read is warned of", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    home.write(".docker/config.json", auths("ghcr.io", "me"), 0o644);
    assert.match(await userOf(home, "ghcr.io") ?? "", /^me of/);
    assert.deepEqual(home.warnings, [
      "~/.docker/config.json holds a password that every user of this machine " +
      "can read: run chmod 600 on it",
    ]);
    home.warnings.length = 0;
    assert.equal(await userOf(home, "quay.io"), undefined);
    assert.deepEqual(home.warnings, []);
  });
});

test("keys such as __proto__ are keys like any other (rule 12: bounded inputs) (prototype pollution)", async () => {
  const entry = `{"auth": "${basic("evil", "secret")}"}`;
  const text = `{"__proto__": {"credsStore": "evil"}, "auths": {` +
    `"__proto__": {"ghcr.io": ${entry}}, "constructor": ${entry}, ` +
    `"toString": ${entry}}, "credHelpers": {"__proto__": "evil"}}`;
  await withFakeHome(async (home) => {
    home.write(".docker/config.json", text);
    assert.equal(await userOf(home, "ghcr.io"), undefined);
    assert.equal(
      await userOf(home, "constructor"),
      "evil of ~/.docker/config.json, key constructor",
    );
    assert.equal(({} as Record<string, unknown>)["ghcr.io"], undefined);
    await assert.rejects(userOf(home, "__proto__"), { code: "USAGE" });
  });
});

test("whatever a file holds, it is read or refused with a code", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      try {
        assert.equal(typeof parseAuthDocument(text, "file"), "object");
      } catch (error) {
        assert.equal((error as { code?: string }).code, "CREDENTIALS");
      }
    }),
  );
});

interface PathsCase {
  readonly desc: string;
  readonly target: { readonly $go: string };
  readonly content: string | { readonly $go: string };
  readonly wantErr?: boolean;
  readonly cfg?: { readonly Username?: string; readonly Password?: string };
}

/** What `fmt.Sprintf` makes of a text and its arguments, which these are all of. */
function evaluate(go: string): string {
  const [, format = "", rest = ""] = /^fmt\.Sprintf\(`([^`]*)`, (.*)\)$/s
    .exec(go) ?? [];
  const values = rest.matchAll(/encode\("(\w+)", "(\w+)"\)|DefaultAuthKey/g);
  const texts = [...values].map(([, username, password]) =>
    username && password
      ? basic(username, password)
      : "https://index.docker.io/v1/"
  );
  return format.replace(
    /%[qs]/g,
    (verb) =>
      verb === "%q" ? JSON.stringify(texts.shift()) : texts.shift() ?? "",
  );
}

test("the table of go-containerregistry holds", {
  skip: skipWithoutCorpora,
}, async () => {
  const { cases } = readCorpus<{ cases: PathsCase[] }>(
    "docker-auth/keychain-paths.json",
  );
  assert.equal(cases.length, 8);
  for (const { desc, target, content, wantErr, cfg } of cases) {
    await withFakeHome(async (home) => {
      const text = typeof content === "string"
        ? content
        : evaluate(content.$go);
      home.write(".docker/config.json", text);
      const registry = target.$go === "defaultRegistry"
        ? "docker.io"
        : "test.io";
      const request = {
        access: "push",
        ...(target.$go === "testRepo" && { repository: "my-repo" }),
      } as const;
      const found = findCredential(registry, request, home.options);
      if (wantErr) {
        await assert.rejects(found, { code: "CREDENTIALS" }, desc);
        return;
      }
      const { username, password } = {
        username: undefined,
        password: undefined,
        ...(await found)?.credential,
      };
      assert.equal(username, cfg?.Username, desc);
      assert.equal(password, cfg?.Password, desc);
    });
  }
});
