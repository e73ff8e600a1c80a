import assert from "node:assert/strict";
import { test } from "node:test";
import { addressZone } from "../../src/registry/http/address_zone.ts";
import { registryHost } from "../../src/registry/endpoint.ts";
import {
  parseReference,
  type Reference,
} from "../../src/registry/reference.ts";
import { ReferenceSyntaxError } from "../../src/registry/reference_syntax_error.ts";
import { readCorpus, skipWithoutCorpora } from "../support/corpora.ts";

const skip = { skip: skipWithoutCorpora };

function refuses(text: string): void {
  assert.throws(() => parseReference(text), ReferenceSyntaxError, text);
}

/** `Sprintf("…%s…", ValidDigest)` of the tables, made into the text. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const { $go } = value as { $go: string };
  const digest = $go.includes("InvalidDigest")
    ? "sha256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde"
    : "sha256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
  const format = /^fmt\.Sprintf\("(.*)", (?:Inv|V)alidDigest\)$/.exec($go)?.[1];
  const prefix = /^"(.*)" \+ testDigest$/.exec($go)?.[1];
  assert.ok(format ?? prefix, $go);
  return format?.replace("%s", digest) ?? `${prefix}${digest}`;
}

test("distribution/reference: Parse", skip, () => {
  const { cases } = readCorpus<
    {
      cases: {
        input: string;
        ok: boolean;
        name: string;
        domain: string;
        tag: string;
        digest: string;
      }[];
    }
  >("reference/parse.json");
  for (const { input, ok, name, domain, tag, digest } of cases) {
    // Refused there for want of an implementation of SHA-512 in that test.
    if (input.startsWith("validname@sha512:")) continue;
    if (!ok) {
      refuses(input);
      continue;
    }
    const read = parseReference(input);
    // Parse() completes nothing; parseReference() completes such names alone.
    if (/[.:]/.test(domain)) assert.equal(read.registry, domain);
    assert.ok(`${read.registry}/${read.repository}`.endsWith(name), input);
    assert.equal(read.tag ?? "", tag);
    assert.equal(read.digest ?? "", digest);
  }
});

test("distribution/reference: WithName and ParseNamed", skip, () => {
  const withName = readCorpus<{ cases: { input: string }[] }>(
    "reference/with-name-failure.json",
  );
  for (const { input } of withName.cases) {
    // A name with a tag is no name, and yet a reference.
    if (input !== "example.com/repo:tag") refuses(input);
  }
  const parseNamed = readCorpus<
    { cases: { input: string; domain: string; path: string; error: unknown }[] }
  >("reference/parse-named.json");
  for (const { input, domain, path, error } of parseNamed.cases) {
    const read = parseReference(input);
    const isCanonical = `${read.registry}/${read.repository}` === input;
    assert.equal(isCanonical, error === null, input);
    if (isCanonical) {
      assert.deepEqual([read.registry, read.repository], [domain, path]);
    }
  }
});

test(
  "distribution/reference: WithTag, WithDigest, names and hosts",
  skip,
  () => {
    interface Row {
      name: string;
      tag?: string;
      digest?: string;
      combined: string;
    }
    const corpus = readCorpus<
      {
        withTag: Row[];
        withDigest: Row[];
        domainAndPath: { input: string; domain: string; path: string }[];
      }
    >("reference/with-tag.json");
    for (const row of [...corpus.withTag, ...corpus.withDigest]) {
      // They put digests together that are too short to be read.
      if (row.digest) refuses(row.combined);
      else assert.equal(parseReference(row.combined).tag, row.tag);
    }
    for (const { input, domain, path } of corpus.domainAndPath) {
      const read = parseReference(input);
      assert.equal(read.registry, domain || "docker.io");
      assert.equal(read.repository, path);
    }
  },
);

test("distribution/reference: regular expressions", skip, () => {
  interface Row {
    input: string;
    match: boolean;
    subs?: [string, string, string];
  }
  const corpus = readCorpus<
    { domain: Row[]; fullName: Row[]; reference: Row[]; identifier: Row[] }
  >("reference/regexp.json");
  for (const { input, match } of corpus.domain) {
    // A host alone is completed to Docker Hub: the row needs a dot or a colon.
    const text = /[.:]/.test(input) ? `${input}/a` : `${input}.test/a`;
    if (match) assert.ok(parseReference(text).registry.startsWith(input));
    else refuses(text);
  }
  for (const { input, match } of corpus.fullName) {
    // "name:8080" is no name, and yet a name with a tag.
    if (input === "foo_bar.com:8080") continue;
    // The expressions know no limit of length.
    if (match && input.length > 255) continue;
    if (match) assert.ok(String(parseReference(input)).endsWith(input));
    else refuses(input);
  }
  for (const { input, match, subs } of corpus.reference) {
    if (!match) {
      refuses(input);
      continue;
    }
    const read = parseReference(input);
    const [name, tag, digest] = subs ?? [];
    assert.ok(`${read.registry}/${read.repository}`.endsWith(name ?? "?"));
    assert.deepEqual([read.tag ?? "", read.digest ?? ""], [tag, digest]);
  }
  for (const { input, match } of corpus.identifier) {
    if (match) refuses(input);
  }
});

test("distribution/reference: normalisation", skip, () => {
  const corpus = readCorpus<
    {
      validNames: string[];
      invalidNames: string[];
      repositoryInfo: Record<string, string>[];
      parseAny: {
        input: string;
        equivalent: string;
        isDigestReference: boolean;
      }[];
      splitHostname: { input: string; domain: string; path: string }[];
      parseDockerRef: { input: string; expected: string }[];
    }
  >("reference/normalize.json");
  for (const name of corpus.validNames) assert.ok(parseReference(name));
  for (const name of corpus.invalidNames) refuses(name);
  for (const row of corpus.repositoryInfo) {
    const { FamiliarName = "", FullName = "", AmbiguousName } = row;
    for (const name of [FamiliarName, FullName, AmbiguousName || FullName]) {
      const read = parseReference(name);
      assert.equal(String(read), FullName);
      assert.equal(read.registry, row.Domain);
      assert.equal(read.repository, row.RemoteName);
    }
  }
  for (const { input, equivalent, isDigestReference } of corpus.parseAny) {
    // A digest without a name is not a reference to somewhere.
    if (!isDigestReference) {
      assert.equal(String(parseReference(input)), equivalent);
    }
  }
  for (const { input, domain, path } of corpus.splitHostname) {
    const read = parseReference(input);
    assert.deepEqual([read.registry, read.repository], [domain, path]);
  }
  for (const { input, expected } of corpus.parseDockerRef) {
    // It invents the tag latest, and forgets a tag beside a digest.
    const { registry, repository, digest } = parseReference(input);
    const name = `${registry}/${repository}`;
    assert.equal(expected, digest ? `${name}@${digest}` : `${name}:latest`);
  }
});

test("go-containerregistry: names", skip, () => {
  const { tables } = readCorpus<
    { tables: Record<string, Record<string, string[]>> }
  >("reference/go-containerregistry-names.json");
  // Left out: names of registries alone and their http-or-https table (of
  // private networks they think otherwise), the tests of a default registry
  // that can be changed, and "" for the default registry.
  const { digest = {}, repository = {}, tag = {} } = tables;
  const good = [digest, repository, tag].flatMap((table) =>
    Object.entries(table).flatMap(([name, rows]) =>
      name.startsWith("good") ? rows : []
    )
  );
  assert.ok(good.length > 20);
  for (const name of good) assert.ok(parseReference(name));
  const { badDigestNames = [] } = digest;
  const { badRepositoryNames = [] } = repository;
  const { badTagNames = [] } = tag;
  for (
    const name of [...badDigestNames, ...badRepositoryNames, ...badTagNames]
  ) refuses(name);
});

test("containerd: specs", skip, () => {
  const { cases } = readCorpus<
    {
      cases: {
        Input: string;
        Hostname?: string;
        Err?: unknown;
        Expected?: { Locator: string; Object: string };
      }[];
    }
  >("reference/containerd-reference.json");
  for (const { Input, Hostname, Err, Expected } of cases) {
    // Its specs take a query, and digests of any length and algorithm.
    if (Err || /[?@]/.test(Input)) {
      refuses(Input);
      continue;
    }
    const read = parseReference(Input);
    assert.equal(read.registry, Hostname);
    assert.equal(`${read.registry}/${read.repository}`, Expected?.Locator);
    assert.equal(read.tag, Expected?.Object);
  }
});

test("regclient: references", skip, () => {
  const { tables } = readCorpus<
    { tables: Record<string, Record<string, unknown>[]> }
  >("reference/regclient-ref.json");
  const leftOut: Record<string, string> = {
    "Docker DNS": "registry-1.docker.io is a host as any other",
    "explicit short name": "no host ends in a dot",
    "explicit short name with port": "no host ends in a dot",
    "invalid ipv6 compression": "the grammar takes any colons in brackets",
    "localhost missing repo": "a name with a tag, on Docker Hub",
  };
  let count = 0;
  for (const row of tables["TestNew.tt"] ?? []) {
    const { name, ref, registry, repository, tag, wantE } = row;
    if (String(name) in leftOut) continue;
    count++;
    const text = textOf(ref);
    // Layouts have locations of their own here, which are not references.
    if (wantE || row.scheme !== "reg") refuses(text);
    else {
      const read: Reference = parseReference(text);
      assert.deepEqual([read.registry, read.repository], [
        registry,
        repository,
      ]);
      // It invents the tag latest.
      assert.equal(read.tag ?? (read.digest ? "" : "latest"), tag);
    }
  }
  assert.ok(count > 35);
});

test("oras: references", skip, () => {
  const { tables } = readCorpus<
    { tables: Record<string, Record<string, unknown>[]> }
  >("reference/oras-reference.json");
  const { registries = [] } = {
    registries:
      tables["TestParseReferenceGoodies.registries"] as unknown as string[],
  };
  // It takes an empty tag before a digest.
  const isLeftOut = (text: string) => text.includes(":@");
  for (
    const { image, wantTemplate }
      of tables["TestParseReferenceGoodies.tests"] ?? []
  ) {
    const text = textOf(image);
    if (isLeftOut(text)) continue;
    const want = wantTemplate as Record<string, string>;
    for (const registry of registries) {
      const read = parseReference(`${registry}/${text}`);
      assert.equal(read.registry, registry);
      assert.equal(read.repository, want.Repository);
      assert.equal(read.tag, want.Tag);
      assert.equal(read.digest, want.Digest);
    }
  }
  for (const { name, raw } of tables["TestParseReferenceUglies.tests"] ?? []) {
    // It has no default registry, so that it takes such names for hosts.
    if (name === "no repo name" || name === "missing registry") continue;
    refuses(textOf(raw));
  }
  for (
    const row of tables["TestParseReference_FormB_TagAndDigest.tests"] ?? []
  ) {
    const text = textOf(row.artifact);
    if (isLeftOut(text)) continue;
    const read = parseReference(text);
    assert.deepEqual(
      [read.registry, read.repository, read.tag, read.digest],
      [row.wantRegistry, row.wantRepo, row.wantTag, row.wantDigest],
    );
  }
  for (const { input } of tables["TestParseReferenceWithSchemes.tests"] ?? []) {
    // It takes the scheme of a URL; who reads locations here does.
    if (textOf(input).includes("://")) refuses(textOf(input));
  }
  for (const { registry, want } of tables["TestReference_Host.tests"] ?? []) {
    assert.equal(registryHost(String(registry)), want);
  }
});

test("containerd: hosts on the loopback interface", skip, () => {
  const { cases } = readCorpus<{ cases: { host: string; match: boolean }[] }>(
    "http/localhost.json",
  );
  // Not in any reference: an empty port, and IPv6 without its brackets.
  const rows = cases.filter(({ host }) => !/:$/.test(host) && host !== "::1");
  assert.equal(rows.length, cases.length - 3);
  for (const { host, match } of rows) {
    const url = `http://${host}/`;
    const zone = URL.canParse(url) && host !== ""
      ? addressZone(new URL(url).hostname)
      : "public";
    assert.equal(zone === "loopback", match, host);
  }
});
