import assert from "node:assert/strict";
import { test } from "node:test";
import { chunksOf } from "../../../src/bytes/byte_source.ts";
import { concat } from "../../../src/bytes/concat.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { ScratchbuildError } from "../../../src/spec/error.ts";
import {
  fakeRegistry,
  type Injection,
  type Quirks,
} from "../../support/fake_registry.ts";
import { type FaultCase, faultCases } from "../fault_cases.ts";
import { restlessClock } from "../restless_clock.ts";
import { bytes, descriptor, digest, sameBytes } from "./blob_world.ts";

const account = { username: "me", password: "pl4nted-secret" };

const courses: readonly { readonly name: string; readonly quirks: Quirks }[] = [
  { name: "a blob", quirks: {} },
  { name: "a blob of a storage", quirks: { redirectBlobs: true } },
  { name: "a blob without ranges", quirks: { blobRange: "ignored" } },
  { name: "a blob with other ranges", quirks: { blobRange: "wrong" } },
];

/** Breaks off where there is something to go on with. */
const cuts: readonly FaultCase[] = [true, false].map((quietly) => ({
  name: `cut short in the middle${quietly ? ", as if that were all" : ""}`,
  fault: { kind: "truncate", bytes: 100_000, quietly },
  mustPass: () => true,
}));

/** Byte for byte a blob takes too long; a test of its own has a few. */
const cases = [
  ...faultCases.filter(({ fault }) => fault.kind !== "trickle"),
  ...cuts,
];

const total = { injected: 0, succeeded: 0, failed: 0 };

for (const { name, quirks } of courses) {
  const attempt = async (injection?: Injection) => {
    const clock = restlessClock(() => fake.requestCount);
    // Nobody may pull without the password.
    const grant = (
      { actions }: { readonly actions: readonly string[] },
      isKnown: boolean,
    ) => isKnown ? actions : [];
    const auth = { scheme: "bearer", ...account, grant } as const;
    const fake = fakeRegistry({ auth, quirks, clock });
    fake.blobs.set(`team/app@${digest}`, bytes);
    if (injection) fake.inject(injection);
    const registry = new Registry("registry.test/team/app", {
      fetch: fake.fetch,
      credentials: () => account,
      clock,
      random: () => 0.5,
    });
    const got: Uint8Array[] = [];
    let error: unknown;
    try {
      for await (const chunk of chunksOf(registry.blob(descriptor))) {
        got.push(chunk.slice());
      }
    } catch (thrown) {
      error = thrown;
    }
    return { fake, error, got: concat(got) };
  };

  test(`${name}: each fault at each request in turn`, async () => {
    const clean = await attempt();
    assert.equal(clean.error, undefined);
    const { requestCount } = clean.fake;
    assert.ok(requestCount >= 3);
    for (const { name: what, fault, mustPass } of cases) {
      for (const times of [1, 2]) {
        for (let at = 1; at <= requestCount; at++) {
          const { fake, error, got } = await attempt({ fault, at, times });
          total.injected += fake.faultCount;
          const lines = fake.lines();
          const [line = "", before = ""] = [lines[at - 1], lines[at - 2]];
          const where = `${what} ${times} at ${at}: ${line}`;
          assert.deepEqual(fake.leaks, [], where);
          assert.ok(fake.requestCount < 8 * requestCount, where);
          if (error === undefined) {
            total.succeeded++;
            sameBytes(got, bytes);
            continue;
          }
          total.failed++;
          assert.ok(got.byteLength < bytes.byteLength, where);
          const isExcused = quirks.blobRange === "wrong" ||
            !mustPass({ line, before, times, isWhole: true });
          assert.ok(isExcused, `${where}\n${error}\n${lines.join("\n")}`);
          assert.ok(error instanceof ScratchbuildError, `${where}: ${error}`);
          assert.match(error.message, /^Cannot [^\n]+$/, where);
          assert.doesNotMatch(error.message, /pl4nted|fake-token/, where);
        }
      }
    }
  });
}

test("no fault makes a byte wrong", () => {
  const { injected, succeeded, failed } = total;
  assert.ok(succeeded > 0 && failed > 0);
  console.log(
    `${injected} faults injected, ${succeeded} blobs read, ` +
      `${failed} failed clearly, 0 blobs wrong`,
  );
});
