import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isNamedIn } from "../../../src/machine/http/no_proxy.ts";
import { proxyFor } from "../../../src/machine/http/proxy_for.ts";

const proxyOf = (url: string, env: Record<string, string>) =>
  proxyFor(new URL(url), env)?.url.href;

test("the proxy is the one of the protocol, in upper or lower case", () => {
  const proxy = "http://proxy.test:3128";
  const href = `${proxy}/`;
  const cases: [string, Record<string, string>, string | undefined][] = [
    ["https://a.test/", {}, undefined],
    ["https://a.test/", { HTTPS_PROXY: proxy }, href],
    ["https://a.test/", { https_proxy: proxy }, href],
    ["https://a.test/", { HTTP_PROXY: proxy }, undefined],
    ["http://a.test/", { HTTP_PROXY: proxy }, href],
    ["http://a.test/", { http_proxy: proxy }, href],
    ["http://a.test/", { HTTPS_PROXY: proxy }, undefined],
    ["https://a.test/", { ALL_PROXY: proxy }, href],
    ["http://a.test/", { all_proxy: proxy }, href],
    ["https://a.test/", { HTTPS_PROXY: proxy, ALL_PROXY: "http://b" }, href],
    ["https://a.test/", { HTTPS_PROXY: "", https_proxy: proxy }, href],
    ["https://a.test/", { HTTPS_PROXY: "proxy.test:3128" }, href],
    ["https://a.test/", { HTTPS_PROXY: "proxy.test" }, "http://proxy.test/"],
    ["https://a.test/", { HTTPS_PROXY: "https://p/x?y" }, "https://p/"],
    // This machine is never asked by a proxy.
    ["https://localhost/", { HTTPS_PROXY: proxy }, undefined],
    ["http://127.0.0.9:5000/", { HTTP_PROXY: proxy }, undefined],
    ["http://[::1]:5000/", { HTTP_PROXY: proxy }, undefined],
    ["https://a.test/", { HTTPS_PROXY: proxy, NO_PROXY: "a.test" }, undefined],
    ["https://a.test/", { HTTPS_PROXY: proxy, no_proxy: "a.test" }, undefined],
    ["https://a.test/", { HTTPS_PROXY: proxy, NO_PROXY: "b.test" }, href],
  ];
  for (const [url, env, expected] of cases) {
    assert.equal(proxyOf(url, env), expected, `${url} ${JSON.stringify(env)}`);
  }
});

test("the account of a proxy is no part of its URL", () => {
  const proxy = proxyFor(new URL("https://a.test/"), {
    HTTPS_PROXY: "http://al%20ice:s3%3Acret%C3%BC@proxy.test:3128",
  });
  assert.equal(proxy?.url.href, "http://proxy.test:3128/");
  assert.equal(proxy?.authorization, "Basic YWwgaWNlOnMzOmNyZXTDvA==");
  const percent = { HTTPS_PROXY: "http://a:100%@proxy.test" };
  assert.equal(
    proxyFor(new URL("https://a.test/"), percent)?.authorization,
    `Basic ${btoa("a:100%")}`,
  );
});

test("what is no proxy that is known here is an error without the account", () => {
  for (
    const [text, why] of [
      ["socks5://alice:s3cret@proxy.test", /proxies by socks5 are not known/],
      ["http://", /no URL/],
      ["http://a:s3cret@pro xy/", /no URL/],
    ] as const
  ) {
    assert.throws(
      () => proxyFor(new URL("https://a.test/"), { https_proxy: text }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "USAGE");
        assert.match(error.message, why);
        assert.match(error.message, /https_proxy/);
        assert.doesNotMatch(error.message, /s3cret|alice/);
        return true;
      },
    );
  }
});

/** The cases of Go's httpproxy, and some more. */
test("NO_PROXY names hosts as Go reads it", () => {
  const list = "foobar.com, .barbaz.net, 192.168.1.1, 192.168.1.1:81, " +
    "192.168.1.3:80, 10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:443, " +
    "[2001:db8::52:0:3]:80, 2002:db8:a::45/64, *.star.test, Upper.TEST, a.test:8443";
  const cases: [string, string, boolean][] = [
    ["192.168.1.1", "80", true],
    ["192.168.1.1", "81", true],
    ["192.168.1.2", "80", false],
    ["192.168.1.3", "80", true],
    ["192.168.1.3", "81", false],
    ["10.0.0.2", "80", true],
    ["10.0.0.10", "80", false],
    ["2001:db8::52:0:1", "80", true],
    ["2001:db8::52:0:2", "443", true],
    ["2001:db8::52:0:2", "80", false],
    ["2001:db8::52:0:3", "80", true],
    ["2002:db8:a::123", "80", true],
    ["2002:db8:a:1::1", "80", false],
    ["fe80::424b:c8be:1643:a1b6", "80", false],
    ["barbaz.net", "80", false],
    ["www.barbaz.net", "80", true],
    ["foobar.com", "80", true],
    ["www.foobar.com", "80", true],
    ["foofoobar.com", "80", false],
    ["FOOBAR.com.", "80", true],
    ["baz.com", "80", false],
    ["star.test", "80", false],
    ["x.star.test", "80", true],
    ["upper.test", "80", true],
    ["a.test", "8443", true],
    ["b.a.test", "8443", true],
    ["a.test", "443", false],
  ];
  for (const [host, port, expected] of cases) {
    assert.equal(isNamedIn(list, host, port), expected, `${host}:${port}`);
  }
  assert.ok(!isNamedIn("::/0", "10.0.0.1", "443"));
  assert.ok(isNamedIn("10.0.0.0/8", "::ffff:a00:1", "443"));
  assert.ok(isNamedIn("*", "any.test", "443"));
  assert.ok(isNamedIn("a.test,*", "any.test", "443"));
  for (const nothing of ["", ",", " , ", ".", "*.", ":80", "10.0.0.0/99"]) {
    assert.ok(!isNamedIn(nothing, "any.test", "80"), nothing);
    assert.ok(!isNamedIn(nothing, "10.0.0.1", "80"), nothing);
  }
});

test("whatever NO_PROXY holds, reading it comes to an end", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (list, host) => {
    assert.equal(typeof isNamedIn(list, host, "443"), "boolean");
  }));
  const began = performance.now();
  for (const part of ["1.", "a:", "[", "*.", "/", "a."]) {
    isNamedIn(part.repeat(100_000), "a.test", "443");
    isNamedIn("a.test", part.repeat(100_000), "443");
  }
  assert.ok(performance.now() - began < 500);
});
