import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAllowed, refusal } from "../../../src/registry/http/address.ts";
import { addressZone } from "../../../src/registry/http/address_zone.ts";
import { apiBase, registryHost } from "../../../src/registry/endpoint.ts";
import { parseReference } from "../../../src/registry/reference.ts";
import { ReferenceSyntaxError } from "../../../src/registry/reference_syntax_error.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";

test("the zone of an address, however it is spelled", () => {
  const zones = {
    loopback: [
      "localhost",
      "LOCALHOST",
      "localhost.",
      "a.localhost",
      "127.0.0.1",
      "127.255.255.254",
      "127.1",
      "0x7f000001",
      "2130706433",
      "0177.0.0.1",
      "127.0.0.1.",
      "127.0.0.1..",
      "localhost..",
      "①②⑦.0.0.1",
      "017700000001",
      "127.0.0.1%2e",
      "[::1]",
      "[0:0:0:0:0:0:0:1]",
      "[::ffff:127.0.0.1]",
      "[64:ff9b::7f00:1]",
      "[2002:7f00:1::1]",
      "[::ffff:0:7f00:1]",
    ],
    "link-local": [
      "0.0.0.0",
      "0.1.2.3",
      "169.254.169.254",
      "[::]",
      "[fe80::1]",
      "[febf::1]",
      "[::ffff:169.254.169.254]",
      "[::a00:1]",
      "100.100.100.200",
      "168.63.129.16",
      "192.0.0.192",
      "[fd00:ec2::254]",
      "[64:ff9b::a9fe:a9fe]",
      "[2002:a9fe:a9fe::]",
      "metadata.google.internal",
      "METADATA.google.internal.",
      "metadata.goog",
      "instance-data.ec2.internal",
      "224.0.0.1",
      "255.255.255.255",
      "[ff02::1]",
    ],
    private: [
      "10.0.0.1",
      "10.255.255.255",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.0.1",
      "100.64.0.1",
      "100.64.0.1",
      "192.0.0.1",
      "198.18.0.1",
      "198.19.255.255",
      "[fc00::1]",
      "[fec0::1]",
      "[64:ff9b:1::808:808]",
      "[::ffff:10.0.0.1]",
    ],
    public: [
      "ghcr.io",
      "localhost.example.com",
      "127.0.0.1.example.com",
      "126.255.255.255",
      "128.0.0.1",
      "172.15.0.1",
      "172.32.0.1",
      "100.63.0.1",
      "100.128.0.1",
      "169.253.0.1",
      "192.167.0.1",
      "8.8.8.8",
      "[2001:db8::1]",
      "[::ffff:8.8.8.8]",
      "[64:ff9b::808:808]",
      "[2002:808:808::1]",
      "198.20.0.1",
      "metadata.google.internal.example.com",
    ],
  };
  for (const [zone, hosts] of Object.entries(zones)) {
    for (const host of hosts) {
      const { hostname } = new URL(`http://${host}:5000/`);
      assert.equal(addressZone(hostname), zone, host);
    }
  }
});

test("what a server may name, by where it is itself", () => {
  const may = (from: string, to: string) =>
    refusal(new URL(from), new URL(to)) === undefined;
  const pub = "https://registry.test/";
  const priv = "http://10.0.0.1:5000/";
  const loop = "http://127.0.0.1:5000/";
  assert.ok(may(pub, "https://cdn.test/"));
  assert.ok(may(pub, "https://registry.test:8443/"));
  assert.ok(!may(pub, "http://registry.test/"));
  assert.ok(!may(pub, "https://10.0.0.1/"));
  assert.ok(!may(pub, "https://127.0.0.1/"));
  assert.ok(may(priv, "http://10.0.0.1:5001/"));
  assert.ok(may(priv, "https://192.168.0.1/"));
  assert.ok(may(priv, pub));
  assert.ok(!may(priv, loop));
  assert.ok(may(loop, "http://localhost:5001/"));
  assert.ok(may(loop, priv));
  assert.ok(may(loop, pub));
  for (const from of [pub, priv, loop]) {
    assert.ok(!may(from, "https://169.254.169.254/"));
    assert.ok(!may(from, "https://0.0.0.0/"));
    assert.ok(!may(from, "https://me@registry.test/"));
    assert.ok(!may(from, "ftp://registry.test/"));
  }
  assert.ok(may("http://169.254.1.1:5000/", "http://169.254.1.1:5001/"));
});

test("a refusal says what to pass where the target is meant", () => {
  assert.equal(
    refusal(new URL("https://registry.test/"), new URL("https://10.0.0.1:1/")),
    "10.0.0.1 is in a private network. Where that is meant, pass " +
      "--allow-host 10.0.0.1 (in a program: the option allowHosts)",
  );
});

test("a chain is judged by where the registry is, not by its last link (rule 1: realm exfiltration)", () => {
  const registry = new URL("https://registry.test/");
  const from = new URL("https://10.0.0.5/");
  const allowHosts = ["10.0.0.5"];
  const options = { from, allowHosts };
  assert.equal(refusal(registry, from, options), undefined);
  const next = (url: string) => refusal(registry, new URL(url), options);
  assert.match(next("https://10.0.0.6/") ?? "", /--allow-host 10\.0\.0\.6/);
  assert.match(next("https://localhost/") ?? "", /a loopback network/);
  assert.equal(next("https://10.0.0.5:8443/"), undefined);
  // And nobody on the way gives up TLS.
  assert.match(
    refusal(new URL("http://10.0.0.1/"), new URL("http://10.0.0.1/a"), {
      from: new URL("https://10.0.0.1/"),
    }) ?? "",
    /leave https/,
  );
});

test("hosts that may be contacted wherever they are", () => {
  const registry = new URL("https://registry.test/");
  const allows = (entry: string, to: string) =>
    refusal(registry, new URL(to), { allowHosts: ["x", entry] }) === undefined;
  for (
    const [entry, to] of [
      ["10.0.0.5", "https://10.0.0.5/"],
      ["10.0.0.5", "https://10.0.0.5:5001/"],
      ["10.0.0.5:5001", "https://10.0.0.5:5001/"],
      ["10.0.0.5:443", "https://10.0.0.5/"],
      ["0xa.5", "https://10.0.0.5/"],
      ["LOCALHOST.", "https://localhost/"],
      ["localhost", "https://localhost./"],
      ["[::1]", "https://[::1]:5000/"],
      ["[0:0:0:0:0:0:0:1]:5000", "https://[::1]:5000/"],
    ] as const
  ) {
    assert.ok(allows(entry, to), `${entry} ${to}`);
  }
  for (
    const [entry, to] of [
      ["10.0.0.5:5001", "https://10.0.0.5:5002/"],
      ["10.0.0.5:5001", "https://10.0.0.5/"],
      ["10.0.0.5", "https://10.0.0.50/"],
      ["10.0.0.5", "http://10.0.0.5/"],
      ["0.0.0.5", "https://10.0.0.5/"],
      ["localhost", "https://a.localhost/"],
      ["", "https://localhost/"],
      ["*", "https://localhost/"],
      ["http://localhost", "https://localhost/"],
      ["me@localhost", "https://localhost/"],
      ["localhost/", "https://localhost/"],
      ["localhost:x", "https://localhost/"],
      ["[::1", "https://[::1]/"],
      [":5000", "https://localhost:5000/"],
    ] as const
  ) {
    assert.ok(!allows(entry, to), `${entry} ${to}`);
  }
});

test("an address with a zone of IPv6 is no URL", () => {
  assert.ok(!URL.canParse("http://[fe80::1%25eth0]/"));
});

test("any text may be allowed, and allows no other host", () => {
  const registry = new URL("https://registry.test/");
  fc.assert(fc.property(fc.string({ unit: "binary" }), (entry) => {
    const options = { allowHosts: [entry] };
    assert.ok(refusal(registry, new URL("https://169.254.169.254/"), options));
  }));
});

/** Rows of the table of go-containerregistry. */
interface SsrfRows {
  redirectBlocked: { orig: string; dest: string }[];
  redirectAllowed: { orig: string; dest: string }[];
  foreignURL: { url: string; insecure: boolean; wantErr: boolean }[];
  realm: { realm: string; wantErr: boolean }[];
  realmSameHost: {
    name: string;
    realm: string;
    registryHost: string;
    insecure?: boolean;
    wantErr?: boolean;
  }[];
}

test(
  "go-containerregistry: what a registry may lead to (rule 1: realm exfiltration, ggcr#2243, ggcr#2259, ggcr#2293, ggcr#2333)",
  {
    skip: skipWithoutCorpora,
  },
  () => {
    const corpus = readCorpus<SsrfRows>("http/ssrf.json");
    const isRefused = (registry: string, to: string) =>
      refusal(new URL(registry), new URL(to)) !== undefined;
    for (const { orig, dest } of corpus.redirectBlocked) {
      assert.ok(isRefused(`http://${orig}/`, dest), dest);
      assert.ok(isRefused(`https://${orig}/`, dest), dest);
    }
    for (const { orig, dest } of corpus.redirectAllowed) {
      assert.ok(!isRefused(`http://${orig}/`, dest), dest);
    }
    for (const { url, insecure, wantErr } of corpus.foreignURL) {
      const registry = `${insecure ? "http" : "https"}://registry.example.com/`;
      assert.equal(isRefused(registry, url), wantErr, url);
    }
    for (const { realm, wantErr } of corpus.realm) {
      assert.equal(isRefused("https://registry.example.com/", realm), wantErr);
    }
    for (const row of corpus.realmSameHost) {
      const { name, realm, registryHost, insecure = false } = row;
      const registry = `${insecure ? "http" : "https"}://${registryHost}/`;
      // A local registry has its token server by another port: that is where we
      // are more open, as both are on the machine of who asks.
      const { wantErr = false } = name.includes("different port")
        ? { wantErr: false }
        : row;
      assert.equal(isRefused(registry, realm), wantErr, name);
    }
  },
);

test("go-containerregistry: the port that a URL means", {
  skip: skipWithoutCorpora,
}, () => {
  const { canonicalAddress } = readCorpus<
    { canonicalAddress: { scheme: string; address: string; want: string }[] }
  >("http/ssrf.json");
  // Left out: IPv6 without its brackets, which no URL can hold.
  const rows = canonicalAddress.filter(({ scheme, address }) =>
    URL.canParse(`${scheme}://${address}/`)
  );
  assert.equal(rows.length, canonicalAddress.length - 3);
  for (const { scheme, address, want } of rows) {
    const url = new URL(`${scheme}://${address}/`);
    assert.ok(isAllowed(want, url), want);
    assert.ok(!isAllowed(`${want}1`, url), want);
  }
});

test("where the API of a registry is", () => {
  const base = (text: string, insecure?: boolean) =>
    apiBase(parseReference(text), insecure).href;
  assert.equal(base("ubuntu"), "https://registry-1.docker.io/v2/");
  assert.equal(base("ghcr.io/me/app"), "https://ghcr.io/v2/");
  assert.equal(base("ghcr.io/me/app", true), "http://ghcr.io/v2/");
  assert.equal(base("10.0.0.1:5000/a"), "https://10.0.0.1:5000/v2/");
  assert.equal(base("localhost:5000/a"), "http://localhost:5000/v2/");
  assert.equal(base("localhost/a"), "http://localhost/v2/");
  assert.equal(base("127.0.0.2:80/a"), "http://127.0.0.2/v2/");
  assert.equal(base("[::1]:5000/a"), "http://[::1]:5000/v2/");
  assert.equal(base("localhost:5000/a", false), "https://localhost:5000/v2/");
  assert.equal(registryHost("docker.io"), "registry-1.docker.io");
});

test("a host that no URL can hold", () => {
  for (
    const text of ["a.test:75050/b", "[fd00123123123]:80/b", "127.256.0.1/b"]
  ) {
    const reference = parseReference(text);
    assert.throws(() => apiBase(reference), ReferenceSyntaxError);
  }
});
