import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertSane,
  fakeRegistry,
  type ProfileName,
  profiles,
} from "../../support/fake_registry.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { sampleImage } from "../sample_image.ts";
import { manyBytes, MIB, pushTo } from "./push_to.ts";

const image = await sampleImage(
  new Uint8Array(0),
  manyBytes(MIB, 2),
  manyBytes(40 * MIB, 3),
);
const account = { username: "alice", password: "s3cret" };

for (const profile of Object.keys(profiles) as ProfileName[]) {
  test(`a push to ${profile}, and another one (req-011)`, async () => {
    const clock = fakeClock();
    const auth = { scheme: "bearer", ...account } as const;
    const fake = fakeRegistry({ profile, auth, clock });
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
