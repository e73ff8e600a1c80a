import assert from "node:assert/strict";
import { test } from "node:test";
import { RegistryError } from "../../../src/registry/registry_error.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";
import { errorResponse } from "../../support/fake_registry.ts";
import {
  allOf,
  BASE,
  bodyOf,
  pullWorld,
  rejects,
  reset,
} from "./pull_world.ts";

interface Page {
  readonly tags?: unknown;
  readonly link?: string;
}

const FIRST = "tags/list?n=1000";

function page({ tags, link }: Page): Response {
  const headers = link === undefined ? undefined : { link };
  return Response.json({ name: "team/app", tags }, { headers });
}

/** A registry whose pages are these, by what stands behind its base. */
function worldOf(pages: Record<string, Page>) {
  return pullWorld(({ url }) => {
    const found = pages[url.replace(BASE, "")];
    assert.ok(found, url);
    return page(found);
  });
}

test("tags of one page, and none at all (req-071)", async () => {
  const { registry, lines } = worldOf({ [FIRST]: { tags: ["1.0", "latest"] } });
  assert.deepEqual(await allOf(registry.tags()), ["1.0", "latest"]);
  assert.deepEqual(lines, [`GET ${FIRST}`]);
  for (const tags of [null, [], undefined]) {
    const none = worldOf({ [FIRST]: { tags } });
    assert.deepEqual(await allOf(none.registry.tags()), []);
  }
});

test("pages are followed by Link, relative or absolute, not by their count (req-071)", async () => {
  const { registry, lines } = worldOf({
    [FIRST]: {
      tags: ["a"],
      link: '</v2/team/app/tags/list?last=a&n=1>; rel="next"',
    },
    "tags/list?last=a&n=1": {
      tags: null,
      link: `<${BASE}tags/list?last=b>; rel=next`,
    },
    "tags/list?last=b": { tags: ["b"], link: '<?last=c>; rel="next"' },
    "tags/list?last=c": { tags: ["c"], link: '</x>; rel="prev"' },
  });
  assert.deepEqual(await allOf(registry.tags()), ["a", "b", "c"]);
  assert.equal(lines.length, 4);
});

test("pages are asked for when they are needed", async () => {
  const { registry, lines } = worldOf({
    [FIRST]: { tags: ["a", "b"], link: '<?last=b>; rel="next"' },
  });
  for await (const tag of registry.tags()) if (tag === "b") break;
  assert.equal(lines.length, 1);
});

test("a list that leads back to itself stops (fault: pagination Link loops or leaves the host)", async () => {
  const same = worldOf({
    [FIRST]: { tags: ["a"], link: `<${FIRST.slice(9)}>; rel="next"` },
  });
  const words = /leads back to a page before it/;
  await rejects(allOf(same.registry.tags()), "REGISTRY", words);
  assert.equal(same.lines.length, 1);
  const circle = worldOf({
    [FIRST]: { tags: ["a"], link: '<?last=a>; rel="next"' },
    "tags/list?last=a": { tags: ["b"], link: '<?last=b#x>; rel="next"' },
    "tags/list?last=b": { tags: ["c"], link: '<?last=a#y>; rel="next"' },
  });
  await rejects(allOf(circle.registry.tags()), "REGISTRY", words);
  assert.equal(circle.lines.length, 3);
});

test("a list without an end stops", async () => {
  const { registry, lines } = pullWorld((_, attempt) =>
    page({ tags: [], link: `<?last=${attempt}>; rel="next"` })
  );
  const words = /more than 10000 pages/;
  await rejects(allOf(registry.tags()), "REGISTRY", words);
  assert.equal(lines.length, 10_000);
});

test("a list that goes on at another host stops (fault: pagination Link loops or leaves the host)", async () => {
  for (
    const link of [
      "https://elsewhere.test/v2/team/app/tags/list",
      "http://registry.test/v2/team/app/tags/list",
      "https://registry.test:8443/v2/team/app/tags/list",
      "//169.254.169.254/latest/meta-data/",
      "https://me:secret@registry.test/v2/team/app/tags/list",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "http://[::1",
    ]
  ) {
    const { registry, lines } = worldOf({
      [FIRST]: { tags: ["a"], link: `<${link}>; rel="next"` },
    });
    await rejects(allOf(registry.tags()), "REGISTRY", /goes on at|no URL/);
    assert.equal(lines.length, 1, link);
  }
});

test("oras-go: links to next pages", { skip: skipWithoutCorpora }, async () => {
  const { orasParseLink } = readCorpus<{
    orasParseLink: { name: string; header: string; want?: string }[];
  }>("http/link-header.json");
  for (const { name, header, want } of orasParseLink) {
    // Theirs are about other hosts; the first page is asked for at this one.
    const link = header.replaceAll(/https:\/\/localhost:5000/g, "");
    const { registry, lines } = pullWorld((_, attempt) =>
      page({ tags: [], link: attempt === 1 ? link : undefined })
    );
    const work = allOf(registry.tags());
    if (want !== undefined) {
      assert.deepEqual(await work, []);
      const { pathname, search } = new URL(want);
      const last = lines.at(-1);
      assert.equal(last, `GET https://registry.test${pathname}${search}`);
    } else if (name.startsWith("invalid header")) {
      // What is no link leads nowhere.
      assert.ok(lines.length <= 2, name);
      await work.catch(() => {});
    } else {
      await rejects(work, "REGISTRY", /goes on at/);
      assert.equal(lines.length, 1);
    }
  }
});

test("answers that are no list of tags", async () => {
  const cases: [unknown, RegExp][] = [
    [{ tags: "latest" }, /its tags are not a list/],
    [{ tags: {} }, /its tags are not a list/],
    [{ tags: ["a", 1] }, /one of its tags is none/],
    [{ tags: ["a\u001b[2J"] }, /one of its tags is none/],
    [{ tags: ["../x"] }, /one of its tags is none/],
    [["a"], /not a JSON object/],
    [null, /not a JSON object/],
  ];
  for (const [body, words] of cases) {
    const { registry } = pullWorld(() => Response.json(body));
    await rejects(allOf(registry.tags()), "REGISTRY", words);
  }
  for (const text of ["<html></html>", "", '{"tags":["a"],"tags":["b"]}']) {
    const { registry } = pullWorld(() => new Response(text));
    await rejects(allOf(registry.tags()), "REGISTRY", /list the tags of .* it/);
  }
});

test("a page of more than 4 MiB (rule 12: bounded inputs)", async () => {
  const { registry } = pullWorld(() =>
    new Response(" ".repeat(4 * 1024 * 1024 + 1))
  );
  await rejects(allOf(registry.tags()), "REGISTRY", /longer than 4194304/);
});

test("a page that breaks off is asked for again", async () => {
  const { registry, lines } = pullWorld((_, attempt) =>
    attempt === 1
      ? new Response(bodyOf(new TextEncoder().encode('{"tags":["'), reset()))
      : page({ tags: ["a"] })
  );
  assert.deepEqual(await allOf(registry.tags()), ["a"]);
  assert.equal(lines.length, 2);
});

test("a registry that refuses, or does not know the repository", async () => {
  for (
    const [status, code] of [[403, "DENIED"], [404, "NAME_UNKNOWN"]] as const
  ) {
    const { registry } = pullWorld(() => errorResponse(status, code, "no"));
    const error = await rejects(
      allOf(registry.tags()),
      "REGISTRY",
      new RegExp(`Cannot list the tags of .*answered ${status}`),
    );
    assert.ok(error instanceof RegistryError);
    assert.equal(error.status, status);
  }
});
