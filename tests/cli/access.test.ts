import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accessDocument,
  accessLines,
  type FoundAccess,
} from "../../src/cli/access.ts";
import { parseReference } from "../../src/registry/reference.ts";

const reference = parseReference("ghcr.io/me/app:1.0");
const places: FoundAccess["places"] = [
  { place: "~/.config/containers/auth.json", outcome: "absent" },
  { place: "~/.docker/config.json", outcome: "found" },
];
const found: FoundAccess = {
  reference,
  places,
  username: "me",
  report: {
    credential: "password",
    source: "~/.docker/config.json, key ghcr.io",
    scheme: "bearer",
    realm: "https://ghcr.io/token",
    service: "ghcr.io",
    scopesAsked: ["repository:me/app:pull,push", "repository:me/base:pull"],
    scopesGranted: ["repository:me/app:pull"],
    expiresIn: 300,
    mayPull: true,
    mayPush: false,
    refusal: "Cannot push to ghcr.io/me/app: no",
  },
};

test("people get a line for each fact", () => {
  assert.deepEqual(accessLines(found), [
    "repository  ghcr.io/me/app",
    "credential  password of me, from ~/.docker/config.json, key ghcr.io",
    "looked in   ~/.docker/config.json: found",
    "asks for    a bearer token of https://ghcr.io/token for ghcr.io, good for 300 s",
    "asked for   repository:me/app:pull,push",
    "            repository:me/base:pull",
    "granted     repository:me/app:pull",
    "may pull    yes",
    "may push    no",
  ]);
});

test("without a credential, it matters where there was none", () => {
  const report = { credential: "none", scopesAsked: [] } as const;
  const [absent] = places;
  const nothing = { place: "GITHUB_TOKEN", outcome: "nothing" } as const;
  const unusable = { place: "/auth.json", outcome: "unusable" } as const;
  assert.deepEqual(
    accessLines({
      reference,
      report,
      places: [...(absent ? [absent] : []), nothing, unusable],
    }),
    [
      "repository  ghcr.io/me/app",
      "credential  none",
      "looked in   ~/.config/containers/auth.json: not there",
      "            GITHUB_TOKEN: nothing for this registry",
      "            /auth.json: cannot be used",
      "asks for    nothing",
      "may pull    unknown",
      "may push    unknown",
    ],
  );
});

test("what a registry asks for is told, as far as it says it", () => {
  const asks = (report: Partial<FoundAccess["report"]>) =>
    accessLines({
      reference,
      places: [],
      report: { credential: "none", scopesAsked: [], ...report },
    }).find((line) => line.startsWith("asks for"))?.slice(12);
  assert.equal(asks({ scheme: "basic" }), "a user name and a password");
  assert.equal(asks({ scheme: "bearer" }), "a bearer token");
  assert.equal(asks({ refusal: "Cannot push: no" }), "a credential");
  assert.equal(
    asks({ scheme: "bearer", realm: "https://a/t" }),
    "a bearer token of https://a/t",
  );
});

test("no line does anything to a terminal", () => {
  const report = { ...found.report, service: "a\x1b[31m\nb" };
  for (const line of accessLines({ ...found, report })) {
    // deno-lint-ignore no-control-regex -- there shall be none
    assert.doesNotMatch(line, /[\x00-\x1f]/);
  }
});

test("the document has everything, and its version", () => {
  const { credential, source, ...rest } = found.report;
  assert.deepEqual(accessDocument(found), {
    version: 1,
    registry: "ghcr.io",
    repository: "me/app",
    credential,
    username: "me",
    source,
    lookedIn: places,
    ...rest,
  });
});
