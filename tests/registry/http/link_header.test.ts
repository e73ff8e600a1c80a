import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { nextLink } from "../../../src/registry/http/link_header.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";

test("the link to the next page", () => {
  for (
    const [header, expected] of [
      [null, undefined],
      ["", undefined],
      [
        '</v2/a/tags/list?last=b&n=1>; rel="next"',
        "/v2/a/tags/list?last=b&n=1",
      ],
      ["</a>;rel=next", "/a"],
      ["</a> ; REL = NEXT", "/a"],
      ['</a>; rel="prev next"', "/a"],
      ['</a>; rel="nextish"', undefined],
      ['</a>; rel=prev; rel="next"', undefined],
      ['</a>; title="x, y; rel=\\"next\\""; rel=prev', undefined],
      ['</a,b;c>; rel="next"', "/a,b;c"],
      ["</a>; rel=prev, </b>; rel=next", "/b"],
      [", , </b>; rel=next,", "/b"],
      ["</a>; rel=next;", "/a"],
      ["</a>", undefined],
      ["</a>; rel", undefined],
      ["<>; rel=next", ""],
      ["/a; rel=next", "/a"],
    ] as const
  ) {
    assert.equal(nextLink(header), expected, String(header));
  }
});

test("regclient and oras: Link headers", { skip: skipWithoutCorpora }, () => {
  const corpus = readCorpus<{
    regclientErr: { name: string; headers: string[] }[];
    regclientGet: {
      name: string;
      headers: string[] | object;
      parm: string;
      val: string;
      expectURI?: string;
    }[];
    regclientHeaderComplex: string[];
    orasParseLink: {
      name: string;
      url: string;
      header: string;
      want?: string;
    }[];
  }>("http/link-header.json");
  const { regclientErr, regclientGet, orasParseLink } = corpus;
  for (const { name, headers } of regclientErr) {
    assert.equal(nextLink(headers.join(", ")), undefined, name);
  }
  let checked = 0;
  for (const { name, headers, parm, val, expectURI } of regclientGet) {
    if (parm !== "rel" || val !== "next") continue;
    const list = Array.isArray(headers)
      ? headers
      : corpus.regclientHeaderComplex;
    assert.equal(nextLink(list.join(", ")), expectURI, name);
    checked++;
  }
  assert.equal(checked, 3);
  for (const { name, url, header, want } of orasParseLink) {
    const link = nextLink(header);
    const next = link === undefined ? undefined : new URL(link, url);
    // Whether it may be followed is for who follows it: the origin tells.
    const isSame = next?.origin === new URL(url).origin;
    assert.equal(isSame ? next?.href : undefined, want, name);
  }
});

test("any text is taken, in linear time (ReDoS)", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    nextLink(text);
  }));
  const parts = fc.constantFrom(
    "<",
    ">",
    ";",
    "=",
    '"',
    "\\",
    ",",
    " ",
    "rel",
    "a",
  );
  fc.assert(
    fc.property(fc.array(parts), (list) => void nextLink(list.join(""))),
  );
  for (
    const text of [
      "<",
      "<a>;",
      '"',
      '<a>; a="',
      '<a>; a="\\',
      "<a>,",
      " ",
      "a",
      "<a>; rel=next2,",
      "<a>;a=a",
      ",",
      "\\",
    ]
  ) {
    const long = text.repeat(Math.ceil(100_000 / text.length));
    const start = performance.now();
    nextLink(long);
    assert.ok(performance.now() - start < 250, text);
  }
});
