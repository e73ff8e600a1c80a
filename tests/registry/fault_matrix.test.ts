import assert from "node:assert/strict";
import { test } from "node:test";
import { Registry } from "../../src/registry/registry.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { assertSane } from "../support/fake_registry/assert_sane.ts";
import { fakeRegistry } from "../support/fake_registry/fake_registry.ts";
import type { Injection } from "../support/fake_registry/fault.ts";
import type { Quirks } from "../support/fake_registry/quirks.ts";
import { type FaultCase, faultCases } from "./fault_cases.ts";
import { restlessClock } from "./restless_clock.ts";
import { sampleImage, someBytes } from "./sample_image.ts";

const account = { username: "me", password: "pl4nted-secret" };
const TAG = "team/app:1.0";
const MIB = 1024 * 1024;

/** A kind of push, to a kind of registry. */
interface Course {
  readonly name: string;
  readonly quirks: Quirks;
  readonly layers: readonly Uint8Array[];
  /** Blobs at the same time. With 1 the requests come in one order. */
  readonly concurrency: number;
}

const courses: readonly Course[] = [
  {
    name: "blobs sent whole",
    quirks: {},
    layers: [new Uint8Array(), someBytes(1000), someBytes(100_000, 2)],
    concurrency: 1,
  },
  {
    name: "blobs sent in parts",
    quirks: { maxPut: 1000 },
    layers: [new Uint8Array(), someBytes(MIB + 5, 3)],
    concurrency: 1,
  },
  {
    name: "blobs sent at the same time",
    quirks: { maxPut: 600, maxChunk: 600, resumable: "all" },
    layers: [someBytes(500), someBytes(1000, 2)],
    concurrency: 4,
  },
];

const total = { injected: 0, succeeded: 0, failed: 0 };

for (const { name, quirks, layers, concurrency } of courses) {
  const image = await sampleImage(...layers);
  const isWhole = quirks.maxPut === undefined;

  /** Pushes once, whatever becomes of it. */
  const attempt = async (injection?: Injection) => {
    const clock = restlessClock(() => fake.requestCount);
    const auth = { scheme: "bearer", ...account } as const;
    const fake = fakeRegistry({ auth, quirks, clock });
    if (injection) fake.inject(injection);
    const registry = new Registry(`registry.test/${TAG}`, {
      fetch: fake.fetch,
      credentials: () => account,
      clock,
      random: () => 0.5,
      concurrency,
    });
    const error: unknown = await registry.write(image).then(
      () => undefined,
      (error) => error,
    );
    return { fake, error };
  };

  const hit = async (
    { fault, mustPass }: FaultCase,
    at: number,
    times: number,
    most: number,
  ) => {
    const { fake, error } = await attempt({ fault, at, times });
    total.injected += fake.faultCount;
    // No blob is wrong and no tag dangles, whatever came of it.
    assertSane(fake);
    const lines = fake.lines();
    const [line = "", before = ""] = [lines[at - 1], lines[at - 2]];
    const where = `${times} at ${at}: ${line}`;
    assert.ok(fake.requestCount < most, `${where}\n${lines.join("\n")}`);
    if (error === undefined) {
      total.succeeded++;
      const { digest } = image.manifest.descriptor;
      assert.equal(fake.tags.get(TAG), digest, where);
      return;
    }
    total.failed++;
    const isExcused = !mustPass({ line, before, times, isWhole });
    assert.ok(isExcused, `${where}\n${error}\n${lines.join("\n")}`);
    assert.ok(error instanceof ScratchbuildError, `${where}: ${error}`);
    assert.match(error.message, /^Cannot [^\n]+$/, where);
    assert.doesNotMatch(error.message, /pl4nted|fake-token/, where);
  };

  for (const fault of faultCases) {
    test(`${name}: ${fault.name}, at each request in turn`, async () => {
      const { fake: { requestCount }, error } = await attempt();
      assert.equal(error, undefined);
      assert.ok(requestCount > 10);
      for (const times of [1, 2]) {
        for (let at = 1; at <= requestCount; at++) {
          await hit(fault, at, times, 4 * requestCount);
        }
      }
    });
  }
}

test("no fault makes a blob wrong", () => {
  const { injected, succeeded, failed } = total;
  assert.ok(succeeded > failed && failed > 0);
  console.log(
    `${injected} faults injected, ${succeeded} pushes succeeded, ` +
      `${failed} failed clearly, 0 blobs wrong`,
  );
});
