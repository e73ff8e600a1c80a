import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertSane,
  fakeRegistry,
  type Fault,
  type ProfileName,
  profiles,
  type Quirks,
} from "../../support/fake_registry.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { sampleImage } from "../sample_image.ts";
import { manyBytes, MIB, pushTo } from "./push_to.ts";

const image = await sampleImage(
  new Uint8Array(0),
  manyBytes(MIB, 2),
  manyBytes(40 * MIB, 3),
);
/** Limits that a blob of 40 MiB is to run into. */
const smaller: Partial<Record<ProfileName, Quirks>> = {
  cloudflare: { maxBody: 10_000_000, maxChunk: 10_000_000 },
};
const account = { username: "alice", password: "s3cret" };

for (const profile of Object.keys(profiles) as ProfileName[]) {
  test(`a push to ${profile}, and another one (req-011)`, async () => {
    const clock = fakeClock();
    const auth = { scheme: "bearer", ...account } as const;
    const fake = fakeRegistry({
      ...{ profile, auth, clock },
      quirks: smaller[profile] ?? {},
    });
    const options = {
      clock,
      credentials: () => account,
      mountFrom: ["team/base"],
    };
    await pushTo(fake, image, options);
    assertSane(fake);
    assert.equal(
      fake.tags.get("team/app:1"),
      image.manifest.descriptor.digest,
    );
    assert.ok(fake.requestCount <= 32, String(fake.requestCount));
    assert.equal(fake.uploads.size, 0);
    const received = fake.bytesReceived;
    // What is refused for its size may have been sent once in vain.
    assert.ok(received < 3 * 41 * MIB, String(received));

    const before = fake.requestCount;
    await pushTo(fake, image, options);
    assertSane(fake);
    const again = fake.requestCount - before;
    assert.ok(again <= 20, String(again));
    assert.equal(fake.bytesReceived, received, "a blob was sent again");
  });
}

/** What a registry may do to the largest blob: the third one, by one PUT. */
const faults: readonly Fault[] = [
  { kind: "reset", when: "during", bytes: 30 * MIB },
  { kind: "shortWrite", bytes: 100 },
  { kind: "status", status: 413 },
];

for (const profile of Object.keys(profiles) as ProfileName[]) {
  test(`a push to ${profile} in which something breaks (req-011)`, async () => {
    for (const fault of faults) {
      // Neither takes whole blobs then, nor parts of them.
      if (fault.kind === "status" && profiles[profile].rangedPatch) continue;
      const clock = fakeClock();
      const fake = fakeRegistry({ profile, clock });
      fake.inject({
        match: /^(PUT|PATCH) .*uploads/,
        at: 3 + (profiles[profile].lostUploads ?? 0),
        fault,
      });
      await pushTo(fake, image, { clock });
      assertSane(fake);
      assert.equal(fake.faultCount, 1);
      const { requestCount, bytesReceived } = fake;
      assert.ok(requestCount <= 40, `${fault.kind}: ${requestCount} requests`);
      assert.ok(
        bytesReceived < 3 * 41 * MIB,
        `${fault.kind}: ${bytesReceived}`,
      );
    }
  });
}
