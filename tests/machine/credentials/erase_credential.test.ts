import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { eraseCredential } from "../../../src/machine/credentials/erase_credential.ts";
import { findCredential } from "../../../src/machine/credentials/find_credential.ts";
import { saveCredential } from "../../../src/machine/credentials/save_credential.ts";
import { basic, type FakeHome, onWindows, withFakeHome } from "./fake_home.ts";

const entry = { auth: basic("me", "s3cret") };
const config = ".docker/config.json";
const read = (home: FakeHome, name = config) =>
  readFileSync(home.path(name), "utf8");

test("a credential is removed from every file, in every spelling", async () => {
  await withFakeHome(async (home) => {
    const podman = ".config/containers/auth.json";
    home.write(podman, { auths: { "docker.io": entry, "quay.io": entry } });
    home.write(config, {
      auths: {
        "https://index.docker.io/v1/": entry,
        "index.docker.io": entry,
        "registry-1.docker.io/v2/": entry,
        "https://index.docker.io/v1/access-token": entry,
        "ghcr.io": entry,
      },
      psFormat: "x",
    });
    assert.deepEqual(await eraseCredential("docker.io", home.options), [
      `~/${podman}, key docker.io`,
      `~/${config}, key https://index.docker.io/v1/`,
      `~/${config}, key index.docker.io`,
      `~/${config}, key registry-1.docker.io/v2/`,
    ]);
    assert.deepEqual(JSON.parse(read(home, podman)), {
      auths: { "quay.io": entry },
    });
    assert.deepEqual(JSON.parse(read(home)), {
      auths: {
        "https://index.docker.io/v1/access-token": entry,
        "ghcr.io": entry,
      },
      psFormat: "x",
    });
    assert.equal(
      await findCredential("docker.io", {}, home.options),
      undefined,
    );
  });
});

test("where there is nothing, nothing is written", async () => {
  await withFakeHome(async (home) => {
    assert.deepEqual(await eraseCredential("ghcr.io", home.options), []);
    assert.ok(!existsSync(home.path(".docker")));
    const text = '{"auths":{"quay.io":{}}}';
    home.write(config, text);
    assert.deepEqual(await eraseCredential("ghcr.io", home.options), []);
    assert.equal(read(home), text);
  });
});

test("entries of single repositories stay, and are named", async () => {
  await withFakeHome(async (home) => {
    home.write(config, { auths: { "ghcr.io": entry, "ghcr.io/me": entry } });
    await eraseCredential("ghcr.io", home.options);
    assert.deepEqual(JSON.parse(read(home)), {
      auths: { "ghcr.io/me": entry },
    });
    assert.deepEqual(home.warnings, [
      `~/${config}, key ghcr.io/me, is left: it is for a part of ghcr.io only. ` +
      "Remove it from the file if it is not wanted",
    ]);
  });
});

/** Keeps one secret for each server, in a file named after it. */
const keeper = `read -r line
case "$1" in
store) echo "$line" >"$HOME/kept" ;;
get)
  if [ -f "$HOME/kept" ] && grep -qF "\\"$line\\"" "$HOME/kept"; then
    cat "$HOME/kept"
  else
    echo "credentials not found in native keychain"; exit 1
  fi ;;
erase) echo "$line" >>"$HOME/erased"; rm "$HOME/kept" ;;
esac`;

test("a helper gives up what it kept", { skip: onWindows }, async () => {
  await withFakeHome(async (home) => {
    home.helper("keeper", keeper);
    home.write(config, { credsStore: "keeper" });
    const credential = { username: "me", password: "s3cret" };
    const { place } = await saveCredential(
      "docker.io",
      credential,
      home.options,
    );
    const found = await findCredential("docker.io", {}, home.options);
    assert.deepEqual(found?.credential, { ...credential, source: place });
    assert.deepEqual(await eraseCredential("docker.io", home.options), [place]);
    assert.equal(read(home, "erased"), "https://index.docker.io/v1/\n");
    assert.deepEqual(JSON.parse(read(home)), {
      credsStore: "keeper",
      auths: {},
    });
    assert.deepEqual(await eraseCredential("docker.io", home.options), []);
  });
});

test("a helper that does not give it up is an error, when all else is done", {
  skip: onWindows,
}, async () => {
  await withFakeHome(async (home) => {
    home.helper(
      "bad",
      `[ "$1" = erase ] && { echo s3cret; exit 5; }
       echo '{"Username": "me", "Secret": "s3cret"}'`,
    );
    home.write(config, { credsStore: "bad", auths: { "ghcr.io": entry } });
    await assert.rejects(
      eraseCredential("ghcr.io", home.options),
      (error: Error) => {
        assert.match(
          error.message,
          /^Cannot remove the credential for ghcr\.io: docker-credential-bad.* exit status 5/,
        );
        assert.ok(!error.message.includes("s3cret"));
        return true;
      },
    );
    assert.deepEqual(JSON.parse(read(home)).auths, {});
  });
});

test("a helper that is missing is warned of", async () => {
  await withFakeHome(async (home) => {
    home.write(config, { credsStore: "gone", auths: { "ghcr.io": entry } });
    assert.deepEqual(await eraseCredential("ghcr.io", home.options), [
      `~/${config}, key ghcr.io`,
    ]);
    assert.match(home.warnings[0] ?? "", /docker-credential-gone/);
  });
});
