import assert from "node:assert/strict";
import { test } from "node:test";
import { copyPlan, keptTags } from "../../../src/cli/commands/copy_plan.ts";
import type { CopyFlags } from "../../../src/cli/commands/copy.ts";
import { parseLocation } from "../../../src/machine/location.ts";
import { parsePlatform } from "../../../src/spec/platform.ts";

const digest = `sha256:${"1".repeat(64)}`;

test("the last argument is where everything else goes", () => {
  const { sources, target, tags } = copyPlan(["oci:a:1", "b/c", "oci:d"], {});
  assert.deepEqual(sources, [
    { text: "oci:a:1", location: parseLocation("oci:a:1") },
    { text: "b/c", location: parseLocation("b/c") },
  ]);
  assert.deepEqual(target, { kind: "oci", path: "d" });
  assert.equal(tags, undefined);
});

test("tags of the destination and of --tag are those that it gets", () => {
  const tagsOf = (target: string, tag?: string[]) =>
    copyPlan(["oci:a:1", target], { ...(tag && { tag }) }).tags;
  assert.deepEqual(tagsOf("oci:b:x"), ["x"]);
  assert.deepEqual(tagsOf("oci:b", ["y", "z"]), ["y", "z"]);
  assert.deepEqual(tagsOf("localhost/b:x", ["x", "y"]), ["x", "y"]);
  assert.deepEqual(tagsOf(`localhost/b@${digest}`), []);
  assert.deepEqual(tagsOf("docker-archive:b:me/app"), ["latest"]);
  assert.equal(tagsOf("b.tar"), undefined);
  assert.equal(tagsOf("-"), undefined);
});

test("what cannot be copied is refused before anything is done", () => {
  const cases: [args: string[], flags: CopyFlags, why: RegExp][] = [
    [[], {}, /name what is copied and where it goes/],
    [["oci:a"], {}, /name what is copied and where it goes/],
    [["oci:a", "oci:b"], { tag: ["-"] }, /--tag "-"/],
    [["oci:a:1", "oci:b:1", "x.tar"], {}, /an archive holds one/],
    [["oci:a:1", "oci:b:1", "-"], {}, /an archive holds one/],
    [
      ["oci:a:1", "oci:b:1", "oci:c:1"],
      {},
      /leave that of the destination out/,
    ],
    [["oci:a:1", "oci:b:1", `c/d@${digest}`], {}, /leave that of the/],
    [["oci:a:1", "oci:b:1", "oci:c"], { tag: ["x"] }, /leave --tag out/],
    [["oci:a", "oci:c:1"], { "all-tags": true }, /leave that of the/],
    [["oci:a:1", "oci:b:1", "oci:c"], {}, /tag "1" is that of "oci:a:1", too/],
    [["debian", "alpine", "a/b"], {}, /tag "latest" is that of "debian", too/],
    [["oci:a", "oci:b:1", "oci:c"], {}, /beside others: it names no tag/],
    [["oci:a:1", "oci:c"], { "all-tags": true }, /it names one already/],
    [["a/b@" + digest, "oci:c"], { "all-tags": true }, /names one already/],
    [["oci:a", "oci-archive:b"], { referrers: true }, /archive holds one/],
    [["-", "-", "oci:a"], {}, /standard input twice/],
    [["-", "oci:a"], { "password-stdin": true }, /standard input twice/],
    [["oci:a:1", "oci:./a"], {}, /to itself.*another tag/],
    [["oci:a:1", "oci:a:1"], {}, /to itself/],
    [["debian:12", "docker.io/library/debian"], {}, /to itself/],
    [["debian", "debian:latest"], {}, /to itself/],
    [["debian", "debian"], { "all-tags": true }, /to itself/],
    [["a.tar", "oci-archive:a.tar:2"], {}, /to itself.*another file/],
    [
      ["a.tar", "./a.tar"],
      { platform: parsePlatform("linux/arm64") },
      /to itself/,
    ],
  ];
  for (const [args, flags, why] of cases) {
    assert.throws(() => copyPlan(args, flags), { code: "USAGE", message: why });
  }
});

test("another tag of the same place is another place", () => {
  const platform = parsePlatform("linux/arm64");
  copyPlan(["debian:12", "debian:bookworm"], {});
  copyPlan(["oci:a:1", "oci:a:2"], {});
  copyPlan(["oci:a:1", "oci:a"], { tag: ["2"] });
  copyPlan([`debian@${digest}`, "debian:12"], {});
  copyPlan(["debian:12", "debian:12"], { platform });
  assert.throws(
    () => copyPlan(["debian:12", "debian:12"], { platform: "all" }),
    /to itself/,
  );
});

test("where the destination names no tag, an image keeps its own", () => {
  const kept = (text: string, target: string, isOne = true) =>
    keptTags(
      { text, location: parseLocation(text) },
      parseLocation(target),
      undefined,
      isOne,
    );
  assert.deepEqual(kept("debian:12", "a/b"), ["12"]);
  assert.deepEqual(kept("debian", "oci:b"), ["latest"]);
  assert.deepEqual(kept("oci:a:x", "a/b", false), ["x"]);
  assert.deepEqual(kept("docker-archive:a:me/app:1", "a/b"), ["1"]);
  assert.deepEqual(kept("oci:a", "a/b"), ["latest"]);
  assert.deepEqual(kept("oci:a", "oci:b"), []);
  assert.deepEqual(kept(`debian@${digest}`, "a/b"), []);
  assert.deepEqual(kept(`debian@${digest}`, "a/b", false), []);
  assert.deepEqual(kept(`debian:1@${digest}`, "a/b"), ["1"]);
  assert.deepEqual(kept("oci:a:b/c:1", "oci:x"), ["b/c:1"]);
  for (
    const [text, target, why] of [
      ["oci:a", "oci:b", /beside others: it names no tag/],
      ["oci:a:b/c:1", "a/b", /"b\/c:1" is none in a registry/],
    ] as const
  ) {
    assert.throws(() => kept(text, target, false), {
      code: "USAGE",
      message: why,
    });
  }
});
