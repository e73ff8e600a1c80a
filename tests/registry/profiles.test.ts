import assert from "node:assert/strict";
import { test } from "node:test";
import { Registry } from "../../src/registry/registry.ts";
import { fakeClock } from "../support/fake_clock.ts";
import { assertSane } from "../support/fake_registry/assert_sane.ts";
import { fakeRegistry } from "../support/fake_registry/fake_registry.ts";
import {
  type ProfileName,
  profiles,
} from "../support/fake_registry/profiles.ts";
import type { Quirks } from "../support/fake_registry/quirks.ts";
import { imageOf, someBytes } from "./sample_image.ts";
import { bytesSource } from "../../src/bytes/byte_source.ts";
import { digestOf } from "../../src/bytes/sha256.ts";

const MIB = 1024 * 1024;
const account = { username: "me", password: "secret" };
const BASE = "team/base";

/** Limits that a blob of 40 MiB is to run into. */
const smaller: Partial<Record<ProfileName, Quirks>> = {
  cloudflare: { maxBody: 10_000_000, maxChunk: 10_000_000 },
};

const layers = Promise.all(
  [new Uint8Array(), someBytes(MIB), someBytes(40 * MIB, 2)].map(
    async (bytes) => ({
      source: bytesSource(bytes),
      digest: await digestOf(bytes),
    }),
  ),
);

for (const name of Object.keys(profiles) as ProfileName[]) {
  test(`${name}: three layers, and again (req-011)`, async () => {
    const clock = fakeClock();
    const fake = fakeRegistry({
      profile: name,
      auth: { scheme: "bearer", ...account },
      clock,
      ...smaller[name] && { quirks: smaller[name] },
    });
    const image = await imageOf(await layers);
    const push = () =>
      new Registry("registry.test/team/app:1.0", {
        fetch: fake.fetch,
        credentials: () => account,
        mountFrom: [BASE],
        clock,
        random: () => 0.5,
      }).write(image);

    await push();
    assertSane(fake);
    const { digest } = image.manifest.descriptor;
    assert.equal(fake.tags.get("team/app:1.0"), digest);
    const first = fake.requestCount;
    assert.ok(first <= 60, `${first} requests:\n${fake.lines().join("\n")}`);
    const total = 41 * MIB;
    const received = fake.bytesReceived;
    assert.ok(received < 3 * total, `${received} bytes for ${total}`);

    await push();
    assertSane(fake);
    assert.equal(fake.bytesReceived, received, "a blob was sent again");
    const again = fake.requestCount - first;
    assert.ok(again <= 12, `${again} requests to push again`);
  });
}
