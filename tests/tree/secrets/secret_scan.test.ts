import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  SecretScan,
  type SecretScanOptions,
} from "../../../src/tree/secrets/secret_scan.ts";

/** What is found in files, with their text, and in directories, without. */
async function findingsIn(
  tree: Readonly<Record<string, string | undefined>>,
  options?: SecretScanOptions,
): Promise<string[]> {
  const scan = new SecretScan(options);
  for (const [path, text] of Object.entries(tree)) {
    if (text === undefined) await scan.look({ path, type: "directory" });
    else await scan.look({ path, type: "file" }, () => [encode(text)]);
  }
  return scan.findings.map(({ path, what }) => `${path}: ${what}`);
}

const encode = (text: string) => new TextEncoder().encode(text);

/** The first lines of keys, in pieces, so that nobody takes this for one. */
const begin = (kind: string) => `-----${"BEGIN"} ${kind}-----\nMIIE\n`;

const FOUND: readonly [string, string | undefined, string][] = [
  [".env", "", "an environment file"],
  ["app/.env.production", "", "an environment file"],
  [".env.example.local", "", "an environment file"],
  [".env-local", "", "an environment file"],
  [".envrc", "", "an environment file"],
  [".ENV", "", "an environment file"],
  [".dev.vars", "", "an environment file"],
  ["prod.env", "A=b\nexport DB_PASSWORD=p", "an environment file"],
  ["app.env", "DATABASE_URL=postgres://u:p@h/d", "an environment file"],
  [".npmrc", "//r.example/:_authToken=npm_1234\n", "a token for npm"],
  [".npmrc", 'a=b\r\n_auth = "eA=="\r\n', "a token for npm"],
  [".npmrc", "//r.example/:_password=eA==", "a token for npm"],
  [".npmrc", "_authToken=${A}b", "a token for npm"],
  [".npmrc", "registry=https://u:p@r.example/", "a token for npm"],
  [".yarnrc.yml", 'npmScopes:\n  a:\n    npmAuthToken: "t"', "a token for npm"],
  ["bunfig.toml", 'registry = { url = "x", token = "t" }', "a token for npm"],
  [".pypirc", "[pypi]\npassword = t", "a password for PyPI"],
  ["pip.conf", "index-url = https://u:p@h/", "a password for a package index"],
  [".netrc", "machine h login u password p", "passwords for hosts"],
  ["_netrc", "machine h\n  password p", "passwords for hosts"],
  [".git-credentials", "https://u:p@h", "passwords for Git"],
  [".pgpass", "", "passwords for databases"],
  [".my.cnf", "[client]\npassword=p", "a password for MySQL"],
  [".htpasswd", "", "hashes of passwords"],
  [".vault-token", "", "a token for Vault"],
  ["root/.docker/config.json", "{}", "credentials for registries"],
  [".dockercfg", "{}", "credentials for registries"],
  [
    "auth.json",
    '{"auths":{"r":{"auth":"eA=="}}}',
    "credentials for registries",
  ],
  [
    "kaniko/config.json",
    '{"auths":{"r":{"auth":"eA=="}}}',
    "credentials for registries",
  ],
  [".kube/config", "", "credentials for a cluster"],
  [
    "prod.kubeconfig.yaml",
    "users:\n- user:\n    token: t",
    "credentials for a cluster",
  ],
  [".sentryclirc", "[auth]\ntoken=t", "a token for Sentry"],
  ["root/.bash_history", "", "the commands that somebody typed"],
  ["home/.config/gh/hosts.yml", "", "a token for GitHub"],
  [".cargo/credentials.toml", "", "a token for crates.io"],
  [".gem/credentials", "", "a token for RubyGems"],
  [".m2/settings.xml", "<password>p</password>", "passwords for Maven"],
  [
    "application_default_credentials.json",
    "",
    "credentials for Google Cloud",
  ],
  ["terraform.tfstate", "", "the state of Terraform"],
  ["prod.tfvars", 'db_password = "p"', "a password for Terraform"],
  [".terraformrc", 'token = "t"', "credentials for Terraform"],
  [".ssh/id_rsa", "", "a private key"],
  [".ssh/my_server", begin("OPENSSH PRIVATE KEY"), "a private key"],
  ["id_ed25519_sk", "", "a private key"],
  ["server.pem", begin("PRIVATE KEY"), "a private key"],
  ["Server.PEM", begin("RSA PRIVATE KEY"), "a private key"],
  ["a.key", `x\n${begin("ENCRYPTED PRIVATE KEY")}`, "a private key"],
  ["a.p8", begin("EC PRIVATE KEY"), "a private key"],
  ["deploy_key", begin("OPENSSH PRIVATE KEY"), "a private key"],
  ["etc/ssh/ssh_host_rsa_key", begin("RSA PRIVATE KEY"), "a private key"],
  ["github_ed25519", begin("OPENSSH PRIVATE KEY"), "a private key"],
  ["a.asc", begin("PGP PRIVATE KEY BLOCK"), "a private key"],
  ["a.ppk", "PuTTY-User-Key-File-3: ssh-rsa", "a private key"],
  [
    "chain.pem",
    begin("CERTIFICATE") + begin("PRIVATE KEY"),
    "a private key",
  ],
  ["a.p12", "", "a key store"],
  ["a.JKS", "", "a key store"],
  [
    "my-service-account.json",
    `{"type": "service_account", "private_key": "${begin("PRIVATE KEY")}"}`,
    "the key of a service account",
  ],
  [
    "my-project-0123456789ab.json",
    `{"type": "service_account", "private_key": "${begin("PRIVATE KEY")}"}`,
    "the key of a service account",
  ],
  ["config/master.key", "0123", "a master key"],
  [".git", undefined, "the history of a Git repository"],
  ["a/.hg/", undefined, "the history of a Mercurial repository"],
  [".svn", undefined, "the data of a Subversion checkout"],
  ["./.aws", undefined, "credentials for AWS"],
  [".azure", undefined, "credentials for Azure"],
  ["root/.config/gcloud", undefined, "credentials for Google Cloud"],
  [".gnupg", undefined, "the keys of GnuPG"],
  ["node_modules/a/.env", "", "an environment file"],
  ["node_modules/a/.npmrc", "_auth=eA==", "a token for npm"],
];

for (const [path, text, what] of FOUND) {
  const name = `${path} with ${JSON.stringify(text)} is ${what}`;
  test(name, async () => {
    assert.deepEqual(await findingsIn({ [path]: text }), [`${path}: ${what}`]);
  });
}

const HARMLESS: readonly [string, string | undefined][] = [
  [".env", undefined],
  [".env.example", "A=b"],
  [".env.local.sample", ""],
  [".env.template", ""],
  [".env.dist", ""],
  [".env.vault", ""],
  [".env.d.ts", ""],
  ["prod.env", "PORT=80\nDB_PASSWORD=\nTOKEN=${TOKEN}\nTOKEN_TTL=60"],
  ["prod.env", "DB_PASSWORD_FILE=/run/secrets/db"],
  ["example.env", "DB_PASSWORD=p"],
  ["app.example.env", "DB_PASSWORD=p"],
  ["config.json", '{"password":"p","auths":{}}'],
  ["kubeconfig", "users:\n- user:\n    tokenFile: /run/token"],
  [".ssh/known_hosts", "h ssh-rsa AAAA"],
  [".sentryclirc", "[defaults]\nurl=https://s.example/"],
  [".environment", ""],
  ["env", ""],
  ["a.env", ""],
  [".dev.vars.example", ""],
  [".npmrc", "registry=https://r.example/\nsave-exact=true"],
  [".npmrc", "//r.example/:_authToken=${NPM_TOKEN}"],
  [".npmrc", '//r.example/:_authToken = "${NPM_TOKEN}"'],
  [".npmrc", "; _authToken=t\n# _auth=t\n_authToken=\n"],
  [".npmrc", "registry=https://u:${TOKEN}@r.example/"],
  [".npmrc", ""],
  [".yarnrc.yml", 'npmAuthToken: "${NPM_TOKEN}"\n# npmAuthToken: t'],
  [".netrc", "machine h login u"],
  [".git-credentials", ""],
  [".git", "gitdir: ../.git/modules/a"],
  [".gitignore", ""],
  ["gcloud", undefined],
  ["docker/config.json", '{"auths":{}}'],
  ["config.json", "{}"],
  ["kube/config", ""],
  ["auth.json", "{}"],
  ["prod.tfvars", 'region = "x"'],
  ["id_rsa.pub", "ssh-rsa A"],
  ["id_rsa", undefined],
  ["ca.pem", begin("CERTIFICATE")],
  ["ca.pem", begin("PUBLIC KEY")],
  ["ca.pem", "x".repeat(70_000) + begin("PRIVATE KEY")],
  ["a.asc", begin("PGP PUBLIC KEY BLOCK")],
  ["readme.md", begin("PRIVATE KEY")],
  ["key.json", '{"type": "service_account"}'],
  ["master.key", "0123"],
  ["node_modules/a/test/key.pem", begin("PRIVATE KEY")],
  ["node_modules/a/test/id_rsa", ""],
  ["app/node_modules/a/fixtures/a.p12", ""],
  ["lib/python3/site-packages/a/key.pem", begin("PRIVATE KEY")],
];

for (const [path, text] of HARMLESS) {
  const shown = JSON.stringify(text)?.slice(0, 80);
  test(`${path} with ${shown} is harmless`, async () => {
    assert.deepEqual(await findingsIn({ [path]: text }), []);
  });
}

test("a directory is found once, with all that is below it", async () => {
  const found = await findingsIn({
    ".git": undefined,
    ".git/config": "",
    ".git/id_rsa": "",
    ".git/modules/a/.git/config": "",
    ".git/": undefined,
    "./b/.AWS/credentials": "",
    "b/.AWS/.env": "",
  });
  assert.deepEqual(found, [
    ".git: the history of a Git repository",
    "b/.AWS: credentials for AWS",
  ]);
});

test("a file is found once, as its entry has it", async () => {
  const found = await findingsIn({
    "./a/.env": "",
    "a//.env": "",
    "/b/.env": "",
  });
  assert.deepEqual(found, [
    "./a/.env: an environment file",
    "/b/.env: an environment file",
  ]);
});

test("what is allowed is not found", async () => {
  const tree = {
    ".git": undefined,
    ".git/config": "",
    ".aws/credentials": "",
    ".aws/id_rsa": "",
    "a/.env": "",
    "b/.env": "",
  };
  const allow = ["# all but one", "/.git", ".aws", "!.aws/id_rsa", "a"];
  assert.deepEqual(await findingsIn(tree, { allow }), [
    ".aws/id_rsa: a private key",
    "b/.env: an environment file",
  ]);
});

test("where files come to lie tells what they are", async () => {
  const tree = {
    "a/key.pem": begin("PRIVATE KEY"),
    "config.json": "",
    "b/.env": "",
  };
  for (
    const prefix of ["/app/node_modules", "node_modules/", "./node_modules"]
  ) {
    assert.deepEqual(await findingsIn(tree, { prefix }), [
      "b/.env: an environment file",
    ]);
  }
  assert.deepEqual(
    await findingsIn(tree, { prefix: "/root/.docker", allow: ["b"] }),
    [
      "a/key.pem: a private key",
      "config.json: credentials for registries",
    ],
  );
});

test("a pattern that is none is refused", () => {
  assert.throws(() => new SecretScan({ allow: ["["] }), { code: "USAGE" });
});

test("links and devices are not found, hard links are by their names", async () => {
  const scan = new SecretScan();
  const unread = () => assert.fail("was read");
  for (const type of ["symlink", "fifo", "character-device"] as const) {
    await scan.look({ path: `${type}/.env`, type }, unread);
  }
  await scan.look({ path: "link/.env", type: "hardlink" }, unread);
  await scan.look({ path: "link/.npmrc", type: "hardlink" }, unread);
  await scan.look({ path: "link/a.pem", type: "hardlink" }, unread);
  assert.deepEqual(scan.findings.map(({ path }) => path), [
    "link/.env",
    "link/.npmrc",
  ]);
});

test("only what must be is read, and no more than 64 KiB of it", async () => {
  const scan = new SecretScan();
  let read = 0;
  let ended = 0;
  function* content() {
    try {
      while (true) {
        read += 1000;
        yield new Uint8Array(1000).fill(0x20);
      }
    } finally {
      ended++;
    }
  }
  for (const path of ["main.ts", "id_rsa", ".env", ".git/a.pem"]) {
    await scan.look({ path, type: "file" }, content);
  }
  assert.equal(read, 0);
  await scan.look({ path: "a.pem", type: "file" }, content);
  assert.equal(read, 66_000);
  assert.equal(ended, 1);
});

test("a first line that comes in pieces, in memory that is used again", async () => {
  const scan = new SecretScan();
  const memory = new Uint8Array(7);
  function* content() {
    const bytes = encode(`é${begin("PRIVATE KEY")}`);
    for (let at = 0; at < bytes.length; at += 7) {
      const chunk = bytes.subarray(at, at + 7);
      memory.set(chunk);
      yield memory.subarray(0, chunk.length);
    }
  }
  await scan.look({ path: "a.pem", type: "file" }, content);
  assert.equal(scan.findings.length, 1);
});

test("what fails to be read is told of", async () => {
  const scan = new SecretScan();
  const content = () => {
    throw new Error("broken");
  };
  await assert.rejects(
    scan.look({ path: "a.pem", type: "file" }, content),
    /broken/,
  );
});

test("no path and no content makes it fail or hang, or shows in what is found", async () => {
  const name = fc.constantFrom(
    ...FOUND.map(([path]) => path),
    "a.pem",
    "x",
    "..",
  );
  const path = fc.array(fc.oneof(name, fc.string()), { maxLength: 4 })
    .map((parts) => parts.join("/"));
  const content = fc.array(
    fc.constantFrom("_auth", "=", "T0KEN", "://", ":", "@", "\n", "password "),
  ).map((pieces) => pieces.join(""));
  await fc.assert(fc.asyncProperty(path, content, async (given, text) => {
    const scan = new SecretScan();
    await scan.look({ path: given, type: "file" }, () => [encode(text)]);
    for (const { what } of scan.findings) assert.doesNotMatch(what, /T0KEN/);
    assert.ok(scan.findings.length <= 1);
  }));
});

const SLOW = [
  "-----BEGIN A ",
  "password ",
  "://a:",
  "://",
  "a:",
  "_auth ",
  " ",
  "\t\t",
  "token_",
  "<password> ",
  '"auth" : ',
  "${",
];

test("no content makes it slow", async () => {
  const start = performance.now();
  for (const piece of SLOW) {
    const text = piece.repeat(70_000 / piece.length);
    for (const [path] of FOUND) {
      await findingsIn({ [path]: text });
    }
  }
  assert.ok(performance.now() - start < 10_000);
});
