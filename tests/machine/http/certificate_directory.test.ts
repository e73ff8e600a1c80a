import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import {
  readHostCertificates,
  usualCertificateDirectories,
} from "../../../src/machine/http/certificate_directory.ts";
import { withTempDir } from "../../support/temp_dir.ts";

test("the directories are those of podman and docker, the user's own first", () => {
  assert.deepEqual(usualCertificateDirectories({ HOME: "/home/me" }, "linux"), [
    join("/home/me", ".config", "containers", "certs.d"),
    "/etc/containers/certs.d",
    "/etc/docker/certs.d",
  ]);
  assert.deepEqual(usualCertificateDirectories({}, "darwin"), [
    "/etc/containers/certs.d",
    "/etc/docker/certs.d",
  ]);
  const env = { HOME: "/home/me", USERPROFILE: "me", ProgramData: "data" };
  assert.deepEqual(usualCertificateDirectories(env, "win32"), [
    join("me", ".config", "containers", "certs.d"),
    join("data", "docker", "certs.d"),
  ]);
  assert.deepEqual(usualCertificateDirectories({}, "win32"), []);
});

test("a host has its directory by its name, docker.io by the one that it is known by", async () => {
  await withTempDir((directory) => {
    const onWindows = process.platform === "win32";
    for (
      const name of [
        "docker.io",
        "a.test",
        "a.test:443",
        "a.test:5000",
        "[::1]",
      ]
    ) {
      const own = join(directory, onWindows ? name.replaceAll(":", "") : name);
      mkdirSync(own);
      writeFileSync(join(own, "ca.crt"), name);
    }
    for (
      const [host, ...ca] of [
        ["registry-1.docker.io", "docker.io"],
        ["registry-1.docker.io:5000"],
        ["a.test", "a.test", "a.test:443"],
        ["a.test:5000", "a.test:5000"],
        ["b.a.test"],
        ["[::1]", "[::1]"],
        ["[::1]:5000"],
      ]
    ) {
      const found = readHostCertificates([directory], host ?? "");
      assert.deepEqual(found, { ca }, host);
    }
    return Promise.resolve();
  });
});
