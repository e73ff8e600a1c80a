import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeClock } from "../fake_clock.ts";
import { assertSane, fakeRegistry } from "../fake_registry.ts";
import { type Ask, asker } from "./ask.ts";
import { begin, chunk, putManifest } from "./probe.ts";
import { type ProfileName, profiles } from "./profiles.ts";

test("profiles: several at once, and quirks before them", async () => {
  const registry = fakeRegistry({
    profile: ["ecr", "aliyun"],
    quirks: { minChunk: 1 },
  });
  const ask = asker(registry.fetch);
  const location = await begin(ask);
  assert.match(location, /^https:/);
  const { status, headers } = await ask(`PATCH ${location}`, chunk(0, 4));
  assert.equal(status, 204);
  assert.equal(headers.get("range"), "0-4");
});

test("profiles: each takes an image from who tries a few times", async () => {
  for (const profile of Object.keys(profiles) as ProfileName[]) {
    const registry = fakeRegistry({ profile, clock: fakeClock() });
    const inner = asker(registry.fetch);
    const ask: Ask = async (line, options) => {
      for (let i = 0;; i++) {
        const response = await inner(line, options);
        if (response.status !== 429 || i === 3) return response;
      }
    };
    let last: Response | undefined;
    for (let i = 0; i < 4 && !registry.tags.has("a:1"); i++) {
      last = await putManifest(ask);
    }
    assert.ok(registry.tags.has("a:1"), `${profile} ${last?.status}`);
    assertSane(registry);
  }
});
