import assert from "node:assert/strict";
import { digestOf } from "../../../src/bytes/sha256.ts";
import {
  Registry,
  type RegistryOptions,
} from "../../../src/registry/registry.ts";
import type { Descriptor } from "../../../src/spec/descriptor.ts";
import { ScratchbuildError } from "../../../src/spec/error.ts";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import { type FakeClock, fakeClock } from "../../support/fake_clock.ts";

export const NAME = "registry.test/team/app";
export const BASE = "https://registry.test/v2/team/app/";

/** Answers a request; `attempt` counts those of this kind from 1. */
export type Answering = (
  request: Request,
  attempt: number,
) => Response | Promise<Response>;

/** A repository whose registry answers as the test says. */
export interface PullWorld {
  readonly registry: Registry;
  readonly clock: FakeClock;
  /** All requests so far, as `GET path?query range`. */
  readonly lines: string[];
  readonly requests: Request[];
}

/** Opens one. */
export function pullWorld(
  answering: Answering,
  options: RegistryOptions = {},
): PullWorld {
  const clock = fakeClock();
  const requests: Request[] = [];
  const lines: string[] = [];
  const fetch = async (request: Request) => {
    request.signal.throwIfAborted();
    requests.push(request);
    const range = request.headers.get("range");
    const place = request.url.replace(BASE, "");
    lines.push(
      `${request.method} ${place}${range === null ? "" : ` ${range}`}`,
    );
    return await answering(request, requests.length);
  };
  const settings = { fetch, clock, random: () => 0, ...options };
  return { registry: new Registry(NAME, settings), clock, lines, requests };
}

/** A body in pieces; a piece that is an error ends it. */
export function bodyOf(
  ...pieces: readonly (Uint8Array | Error)[]
): ReadableStream<Uint8Array> {
  const left = [...pieces];
  return new ReadableStream({
    pull(controller) {
      const piece = left.shift();
      if (piece === undefined) controller.close();
      else if (piece instanceof Error) controller.error(piece);
      else controller.enqueue(piece.slice());
    },
  });
}

/** What runtimes throw when the other side goes away. */
export const reset = (): Error =>
  Object.assign(new TypeError("terminated"), {
    cause: Object.assign(new Error("other side closed"), {
      code: "ECONNRESET",
    }),
  });

/** The descriptor of bytes. */
export async function descriptorOf(
  bytes: Uint8Array,
  mediaType: string = mediaTypes.oci.layerGzip,
): Promise<Descriptor> {
  return { mediaType, digest: await digestOf(bytes), size: bytes.byteLength };
}

/** All that an async iterable gives. */
export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Expects an error of the family, of one line, with that code and words. */
export async function rejects(
  work: Promise<unknown>,
  code: string,
  words: RegExp,
): Promise<ScratchbuildError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ScratchbuildError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    assert.match(error.message, /^Cannot [^\n]{10,600}$/);
    return error;
  }
  assert.fail("nothing was thrown");
}
