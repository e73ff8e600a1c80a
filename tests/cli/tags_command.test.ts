import assert from "node:assert/strict";
import { test } from "node:test";
import { runTags } from "../../src/cli/commands/run_tags.ts";
import type { CliContext } from "../../src/cli/context.ts";
import { corpusFile, skipWithoutCorpora } from "../support/corpora.ts";
import {
  type FakeRegistry,
  fakeRegistry,
  type FakeRegistryOptions,
  serve,
} from "../support/fake_registry.ts";
import { FilledRepository } from "../support/filled_repository.ts";
import { runInProcess } from "./run_in_process.ts";

const TAGS = ["1.0", "1.1", "edge", "latest", "v2"];

/** Lends a repository with tags, by its reference. */
async function withTags(
  quirks: FakeRegistryOptions["quirks"],
  use: (name: string, fake: FakeRegistry) => Promise<void>,
): Promise<void> {
  const fake = fakeRegistry(quirks ? { quirks } : {});
  const repository = new FilledRepository(fake, "me/app");
  for (const tag of TAGS) await repository.image({ layers: [], tag });
  const served = await serve(fake);
  try {
    await use(`${served.host}/me/app`, fake);
  } finally {
    await served.close();
  }
}

test("tags prints one tag a line, of all pages", () =>
  withTags({ pageSize: 2 }, async (name, fake) => {
    const { status, stdout, stderr } = await runInProcess(["tags", name]);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, `${TAGS.join("\n")}\n`);
    assert.equal(stderr, "");
    assert.equal(fake.requestCount, 3);
  }));

test("tags --json prints one document", () =>
  withTags({ pageSize: 2 }, async (name) => {
    const { stdout } = await runInProcess(["tags", name, "--json"]);
    assert.deepEqual(JSON.parse(stdout), { version: 1, name, tags: TAGS });
  }));

test("tags come page by page, and nobody asks on when the reader is gone", () =>
  withTags({ pageSize: 2 }, async (name, fake) => {
    const printed: [text: string, requests: number][] = [];
    const context = {
      process: {
        stdout: {
          write: (text: string) => printed.push([text, fake.requestCount]),
          get isClosed() {
            return printed.length === 3;
          },
        },
        stderr: { write: () => assert.fail("nothing is wrong") },
        env: { HOME: "/nowhere" },
      },
      stdin: () => assert.fail("nothing is asked"),
      terminal: () => undefined,
      signal: new AbortController().signal,
      now: () => 0,
    } as unknown as CliContext;
    await runTags(context, {}, [name]);
    assert.deepEqual(printed, [["1.0\n", 1], ["1.1\n", 1], ["edge\n", 2]]);
  }));

test("tags says what it cannot list", async () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const cases: [args: string[], why: RegExp][] = [
    [[], /name a repository, as in scratchbuild tags ghcr\.io\/me\/app/],
    [["a", "b"], /Cannot use 2 arguments: there is one/],
    [["a:1"], /it names one already; leave the tag or the digest out/],
    [["localhost:5000"], /it names no repository; add one, as in localhost:5/],
    [[`a@${digest}`], /it names one already/],
    [["oci:dir:1"], /it names one already/],
    [["docker-archive:a.tar:b"], /it names one already/],
  ];
  for (const [args, why] of cases) {
    const { status, stderr } = await runInProcess(["tags", ...args]);
    assert.equal(status, 2, stderr);
    assert.match(stderr, why);
  }
  await withTags({}, async (name) => {
    const { status, stderr } = await runInProcess(["tags", `${name}/none`]);
    assert.equal(status, 4);
    assert.match(stderr, /^scratchbuild: Cannot list the tags of [^\n]*\n$/);
  });
});

test(
  "tags lists the names in a layout",
  { skip: skipWithoutCorpora },
  async () => {
    const name = `oci:${corpusFile("ggcr-layout/test_index")}`;
    const { status, stdout } = await runInProcess(["tags", name]);
    assert.equal(status, 0);
    assert.equal(stdout, "1\n2\n3\n4\n");
  },
);
