import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerImage } from "../../src/image/container_image.ts";
import type { Fetch } from "../../src/registry/http/transport.ts";
import { Registry } from "../../src/registry/registry.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { type FakeClock, fakeClock } from "../support/fake_clock.ts";
import { assertSane } from "../support/fake_registry/assert_sane.ts";
import {
  type FakeRegistry,
  fakeRegistry,
} from "../support/fake_registry/fake_registry.ts";
import type { Fault } from "../support/fake_registry/fault.ts";
import type { Quirks } from "../support/fake_registry/quirks.ts";
import { sampleImage, someBytes } from "./sample_image.ts";

const account = { username: "me", password: "pl4nted-secret" };
const TAG = "team/app:1.0";

/** A fault, and whether a push is to survive it, once and twice in a row. */
interface Case {
  readonly name: string;
  readonly fault: Fault;
  readonly survives: "both" | "once" | "neither";
  /** Requests that it must not befall: the line, and the one before it. */
  readonly except?: (line: string, before: string) => boolean;
}

const transient = [408, 429, 500, 502, 503, 504].map((status): Case => ({
  name: `status ${status}`,
  fault: { kind: "status", status },
  survives: "both",
}));

const cases: readonly Case[] = [
  ...transient,
  ...[400, 404, 411, 413, 416].map((status): Case => ({
    name: `status ${status}`,
    fault: { kind: "status", status },
    survives: "neither",
  })),
  {
    name: "401 without a challenge",
    fault: { kind: "status", status: 401 },
    survives: "neither",
  },
  {
    name: "403",
    fault: { kind: "status", status: 403 },
    survives: "neither",
  },
  {
    name: "503 although the work was done",
    fault: { kind: "status", status: 503, stored: true },
    survives: "both",
  },
  {
    name: "reset before",
    fault: { kind: "reset", when: "before" },
    survives: "both",
  },
  {
    name: "reset during the body",
    fault: { kind: "reset", when: "during", bytes: 700 },
    survives: "both",
  },
  {
    name: "reset after",
    fault: { kind: "reset", when: "after" },
    survives: "both",
  },
  {
    name: "short write",
    fault: { kind: "shortWrite", bytes: 500 },
    survives: "once",
    // What is left of it is no manifest, and the registry says so.
    except: (line) => line.includes("/manifests/"),
  },
  {
    name: "stall at the request",
    fault: { kind: "stall", where: "request" },
    survives: "both",
  },
  {
    name: "stall at the answer",
    fault: { kind: "stall", where: "answer" },
    survives: "both",
  },
  {
    name: "wrong digest",
    fault: { kind: "wrongDigest" },
    survives: "neither",
  },
  {
    name: "no Location",
    fault: { kind: "location", location: null },
    survives: "neither",
  },
  {
    name: "Location that is no URL",
    fault: { kind: "location", location: "http://[" },
    survives: "neither",
  },
  {
    name: "Location in the metadata network",
    fault: {
      kind: "location",
      location: "https://169.254.169.254/v2/team/app/blobs/uploads/x",
    },
    survives: "neither",
  },
  {
    name: "expired tokens",
    fault: { kind: "expireTokens" },
    survives: "once",
    // A token that is not even good for one request is a refusal.
    except: (_, before) => before === "GET /token",
  },
  {
    name: "redirect loop",
    fault: { kind: "redirectLoop" },
    survives: "neither",
  },
];

/** A registry, and how often what happened to a push to it. */
interface Course {
  readonly name: string;
  readonly quirks: Quirks;
  readonly layers: readonly Uint8Array[];
}

const MIB = 1024 * 1024;
const courses: readonly Course[] = [
  {
    name: "blobs sent whole",
    quirks: {},
    layers: [new Uint8Array(), someBytes(1000), someBytes(100_000, 2)],
  },
  {
    name: "blobs sent in parts",
    quirks: { maxPut: 1000 },
    layers: [new Uint8Array(), someBytes(2 * MIB + 5, 3)],
  },
];

/** Lets time pass whenever nothing else happens. */
function drive(fetch: Fetch, clock: FakeClock): {
  readonly fetch: Fetch;
  stop(): void;
} {
  let pending = 0;
  let calls = 0;
  let seen = -1;
  const timer = setInterval(async () => {
    const isStill = pending > 0 && calls === seen;
    seen = calls;
    if (isStill) await clock.advance(60_000);
  }, 10);
  return {
    fetch: async (request) => {
      pending++;
      calls++;
      try {
        return await fetch(request);
      } finally {
        pending--;
      }
    },
    stop: () => clearInterval(timer),
  };
}

async function attempt(
  fake: FakeRegistry,
  image: ContainerImage,
  clock: FakeClock,
): Promise<unknown> {
  const driven = drive(fake.fetch, clock);
  try {
    await new Registry(`registry.test/${TAG}`, {
      fetch: driven.fetch,
      credentials: () => account,
      clock,
      random: () => 0.5,
      // The requests come in one order.
      concurrency: 1,
    }).write(image);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    driven.stop();
  }
}

for (const { name, quirks, layers } of courses) {
  const start = (clock: FakeClock) =>
    fakeRegistry({ auth: { scheme: "bearer", ...account }, quirks, clock });

  for (const { name: what, fault, survives, except } of cases) {
    test(`${name}: ${what}, at each request in turn`, async () => {
      const image = await sampleImage(...layers);
      const clock = fakeClock();
      const clean = start(clock);
      assert.equal(await attempt(clean, image, clock), undefined);
      const { requestCount } = clean;
      assert.ok(requestCount > 10);

      const tally = { injected: 0, succeeded: 0, failed: 0 };
      for (const times of [1, 2]) {
        for (let at = 1; at <= requestCount; at++) {
          const clock = fakeClock();
          const fake = start(clock);
          fake.inject({ fault, at, times });
          const error = await attempt(fake, image, clock);
          const where = `${times} at ${at}: ${clean.lines()[at - 1]}`;
          // No blob is wrong and no tag dangles, whatever came of it.
          assertSane(fake);
          tally.injected += fake.faultCount;
          if (error === undefined) {
            tally.succeeded++;
            const { digest } = image.manifest.descriptor;
            assert.equal(fake.tags.get(TAG), digest, where);
            continue;
          }
          tally.failed++;
          const [line = "", before = ""] = [at - 1, at - 2].map((index) =>
            clean.lines()[index]
          );
          const isExpected = survives === "neither" ||
            (survives === "once" && times === 2) || except?.(line, before);
          assert.ok(
            isExpected,
            `${where}\n${error}\n${fake.lines().join("\n")}`,
          );
          assert.ok(error instanceof ScratchbuildError, `${where}: ${error}`);
          assert.match(error.message, /^Cannot [^\n]+$/, where);
          assert.doesNotMatch(error.message, /pl4nted|fake-token/, where);
          assert.ok(fake.requestCount < 4 * requestCount, where);
        }
      }
      console.log(
        `${name}: ${what}: ${tally.injected} faults, ` +
          `${tally.succeeded} pushes succeeded, ${tally.failed} failed clearly, ` +
          "0 blobs wrong",
      );
    });
  }
}
