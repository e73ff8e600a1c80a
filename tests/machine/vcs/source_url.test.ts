import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sourceUrl } from "../../../src/machine/vcs/source_url.ts";

const remotes: [remote: string, url: string | undefined][] = [
  ["https://github.com/me/app.git", "https://github.com/me/app"],
  ["https://github.com/me/app", "https://github.com/me/app"],
  ["https://github.com/me/app/", "https://github.com/me/app"],
  ["https://github.com/me/app.git/", "https://github.com/me/app"],
  ["https://me:secret@github.com/me/app.git", "https://github.com/me/app"],
  ["https://token@github.com/me/app.git", "https://github.com/me/app"],
  ["https://host:8443/me/app.git", "https://host:8443/me/app"],
  ["https://host/me/app?token=x#y", "https://host/me/app"],
  ["http://u:p@git.corp:8080/app.git", "http://git.corp:8080/app"],
  ["git@github.com:me/app.git", "https://github.com/me/app"],
  ["git@github.com:/me/app.git", "https://github.com/me/app"],
  ["github.com:me/app", "https://github.com/me/app"],
  ["me:pw@host:app.git", undefined],
  ["ssh://git@github.com/me/app.git", "https://github.com/me/app"],
  ["ssh://git:pw@host:2222/me/app.git", "https://host/me/app"],
  ["git+ssh://git@host/me/app", "https://host/me/app"],
  ["git://host:9418/me/app.git", "https://host/me/app"],
  ["ssh://git@[::1]:22/me/app.git", "https://[::1]/me/app"],
  ["git@[::1]:me/app.git", "https://[::1]/me/app"],
  ["git@host:me/a b.git", "https://host/me/a%20b"],
  ["git@host:~me/app.git", undefined],
  ["ssh://host/~me/app.git", undefined],
  ["https://host/", undefined],
  ["https://host", undefined],
  ["ssh://git@host/.git", undefined],
  ["/srv/git/app.git", undefined],
  ["../app", undefined],
  ["./a:b", undefined],
  ["app", undefined],
  ["", undefined],
  ["file:///srv/git/app.git", undefined],
  ["C:\\git\\app", undefined],
  ["C:/git/app", undefined],
  ["c:app", undefined],
  ["ext::ssh -i key host %S app", undefined],
  ["ext::/x", undefined],
  ["javascript://host/x", undefined],
  ["ftp://host/x", undefined],
  ["https://me:se/cret@host/app", undefined],
  ["https://me:se%2Fcret@host/app", "https://host/app"],
  ["git@host:a@b/app.git", undefined],
  ["persistent-https://host/app", undefined],
];

for (const [remote, url] of remotes) {
  test(`${JSON.stringify(remote)} is ${url}`, () => {
    assert.equal(sourceUrl(remote), url);
  });
}

test("no user and no password gets through", () => {
  const word = fc.stringMatching(/^[a-zA-Z0-9%:@!$._~-]{1,12}$/);
  const scheme = fc.constantFrom("https://", "http://", "ssh://", "git://", "");
  fc.assert(fc.property(scheme, word, word, (before, user, path) => {
    const remote = `${before}${user}:S3CRET@host/${path}`;
    const url = sourceUrl(remote);
    if (url === undefined) return;
    const { username, password, search, hash } = new URL(url);
    assert.deepEqual([username, password, search, hash], ["", "", "", ""]);
    assert.ok(!url.includes("S3CRET"), `${remote} gives ${url}`);
  }));
});

test("any text gives a URL of the web, or none", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (remote) => {
    const url = sourceUrl(remote);
    if (url !== undefined) assert.match(url, /^https?:\/\/[^/@]+\/./);
  }));
});

test("a long remote takes no time", () => {
  const started = performance.now();
  for (const part of ["a", ":", "@", "/", "a:", "@:", "[", "~"]) {
    sourceUrl(part.repeat(100_000));
    sourceUrl(`git@host:${part.repeat(100_000)}`);
  }
  assert.ok(performance.now() - started < 2_000);
});
