import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addScopes,
  coversScopes,
  mergeScopes,
  parseScopes,
  repositoryScope,
  requestScopes,
} from "../../../src/registry/auth/scope.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";

test("a push asks for pull and push, a mount for its source as well (req-087)", () => {
  assert.deepEqual(requestScopes("me/app", "pull", []), [
    "repository:me/app:pull",
  ]);
  assert.deepEqual(requestScopes("me/app", "push", []), [
    "repository:me/app:pull,push",
  ]);
  // First what is pushed to, then the others in their order, each once.
  assert.deepEqual(
    requestScopes("me/app", "push", ["z", "me/app", "a/b", "z"]),
    [
      "repository:me/app:pull,push",
      "repository:a/b:pull",
      "repository:z:pull",
    ],
  );
});

test("scopes follow the grammar, also with a class and a port (req-086)", () => {
  const good = [
    "repository:samalba/my-app:pull,push",
    "repository(plugin):samalba/my-app:pull",
    "repository:example.com:5000/me/app:pull",
    "registry:catalog:*",
    "repository:me/app:metadata_read",
  ];
  assert.deepEqual(parseScopes(good.slice(0, 3).join(" ")), good.slice(0, 3));
  for (const scope of good) assert.deepEqual(parseScopes(scope), [scope]);
  const bad = [
    "",
    "x",
    "foo:bar",
    "repository:me/app:",
    "repository::pull",
    "Repository:me/app:pull",
    "repository:me/app:pull,",
    "repository(:me/app:pull",
    "repository:me\r\nx:pull",
    'repository:me"app:pull',
  ];
  for (const scope of bad) assert.deepEqual(parseScopes(scope), [], scope);
  assert.equal(parseScopes("repository:a:pull ".repeat(1000)).length, 10);
});

test("scopes of one resource become one, a name may hold a port (req-087)", () => {
  assert.deepEqual(
    mergeScopes([
      "repository:h:5000/a:push",
      "repository:h:5000/a:pull",
      "repository(plugin):a:pull",
      "repository:a:*",
      "repository:a:pull",
    ]),
    [
      "repository(plugin):a:pull",
      "repository:a:*",
      "repository:h:5000/a:pull,push",
    ],
  );
  assert.deepEqual(
    addScopes(["repository:z:push", "repository:b:pull"], [
      "repository:a:pull",
      "repository:z:pull",
    ]),
    ["repository:z:pull,push", "repository:b:pull", "repository:a:pull"],
  );
});

test("what a token covers", () => {
  const held = ["repository:a:pull,push", "registry:catalog:*", "odd"];
  const covered = [
    [],
    ["repository:a:pull"],
    ["repository:a:push", "registry:catalog:read"],
    ["odd"],
  ];
  for (const scopes of covered) assert.ok(coversScopes(held, scopes));
  const others = [["repository:b:pull"], ["repository:a:delete"], ["other"], [
    "repository:a:*",
  ]];
  for (const scopes of others) assert.ok(!coversScopes(held, scopes));
});

const scope = fc.tuple(
  fc.constantFrom("repository", "registry", "repository(plugin)"),
  fc.constantFrom("a", "b/c", "h:5000/d"),
  fc.uniqueArray(fc.constantFrom("pull", "push", "delete", "*"), {
    minLength: 1,
  }),
).map(([type, name, actions]) => `${type}:${name}:${actions.join(",")}`);

test("merging loses nothing, is stable, and its order does not matter", () => {
  fc.assert(fc.property(fc.array(scope), (scopes) => {
    const merged = mergeScopes(scopes);
    assert.ok(coversScopes(merged, scopes));
    assert.ok(coversScopes(merged, mergeScopes(merged)));
    assert.deepEqual(mergeScopes(merged), merged);
    assert.deepEqual(mergeScopes(scopes.toReversed()), merged);
    assert.deepEqual(addScopes([], scopes), merged);
    if (merged.length <= 10) {
      assert.deepEqual(parseScopes(merged.join(" ")), merged);
    }
  }));
});

test("any text is read, and in time (ReDoS)", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const scope of parseScopes(text)) {
      assert.doesNotMatch(scope, /[\p{Cc}\s]/u);
    }
    assert.ok(Array.isArray(mergeScopes([text])));
  }));
  for (const part of ["a", ":", "a:", "(", ",", "a,", "a:a,", " "]) {
    const text = `repository:${part.repeat(100_000 / part.length)}!`;
    const start = performance.now();
    parseScopes(text);
    mergeScopes([text]);
    assert.ok(performance.now() - start < 500, part);
  }
});

interface OrasRow {
  readonly name: string;
  readonly scopes?: string[];
  readonly repository?: string;
  readonly actions?: string[];
  readonly want?: string | string[] | null;
}

test("oras-go: scopes are sorted, merged and cleaned (req-087)", {
  skip: skipWithoutCorpora,
}, () => {
  const { cleanScopes, cleanActions, scopeRepository } = readCorpus<
    Record<string, OrasRow[]>
  >("docker-auth/scopes-oras.json");
  for (const { name, scopes = [], want } of cleanScopes ?? []) {
    assert.deepEqual(mergeScopes(scopes), want ?? [], name);
  }
  for (const { name, actions = [], want } of cleanActions ?? []) {
    const merged = repositoryScope("a", actions)?.split(":")[2]?.split(",");
    assert.deepEqual(merged ?? [], want ?? [], name);
  }
  for (const row of scopeRepository ?? []) {
    const { name, repository = "", actions = [], want } = row;
    assert.equal(repositoryScope(repository, actions), want, name);
  }
  const rows = [cleanScopes, cleanActions, scopeRepository];
  assert.equal(rows.flat().length, 34);
});

test(
  "containerd: scopes of a reference, and of what is asked beside (req-087)",
  {
    skip: skipWithoutCorpora,
  },
  () => {
    const tables = readCorpus<{
      "TestRepositoryScope.testCases": {
        refspec: { Locator: string };
        push: boolean;
        expected: string;
      }[];
      "TestGetTokenScopes.testCases": {
        scopesInCtx: string[];
        commonScopes: string[];
        expected: string[];
      }[];
    }>("docker-auth/scopes-containerd.json");
    const references = tables["TestRepositoryScope.testCases"];
    for (const { refspec, push, expected } of references) {
      const name = refspec.Locator.replace(/^[^/]*\//, "");
      const scopes = requestScopes(name, push ? "push" : "pull", []);
      assert.deepEqual(scopes, [expected]);
    }
    const unions = tables["TestGetTokenScopes.testCases"];
    for (const { scopesInCtx, commonScopes, expected } of unions) {
      // It leaves two scopes of one repository beside each other.
      const merged = mergeScopes([...scopesInCtx, ...commonScopes]);
      assert.deepEqual(merged, mergeScopes(expected));
      assert.ok(coversScopes(merged, expected));
    }
    assert.equal(references.length + unions.length, 8);
  },
);
