import assert from "node:assert/strict";
import { chunksOf } from "../../../src/bytes/byte_source.ts";
import { concat } from "../../../src/bytes/concat.ts";
import type { Descriptor } from "../../../src/spec/descriptor.ts";
import { someBytes } from "../sample_image.ts";
import {
  type Answering,
  bodyOf,
  descriptorOf,
  type PullWorld,
  pullWorld,
  rejects,
} from "./pull_world.ts";

export const KIB = 1024;
export const bytes = someBytes(300 * KIB);
export const descriptor = await descriptorOf(bytes);
export const { digest, size } = descriptor;
/** What asks for all of it. */
export const PLACE = `GET blobs/${digest}`;

/** The end of the blob from an offset on, as a good registry answers. */
export function rest(
  request: Request,
  more: Record<string, string> = {},
  whole: Uint8Array = bytes,
): Response {
  const range = request.headers.get("range");
  if (range === null) return new Response(whole.slice(), { headers: more });
  const first = Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
  const total = whole.byteLength;
  return new Response(whole.slice(first), {
    status: 206,
    headers: {
      "content-range": `bytes ${first}-${total - 1}/${total}`,
      ...more,
    },
  });
}

/** The bytes up to `end` and no further, from where the request asks. */
export function broken(request: Request, end: number, error?: Error): Response {
  const { status, headers } = rest(request);
  const first = Number(/\d+/.exec(request.headers.get("range") ?? "0")?.[0]);
  const pieces = error ? [bytes.slice(first, end), error] : [
    bytes.slice(first, end),
  ];
  return new Response(bodyOf(...pieces), { status, headers });
}

interface Read {
  readonly bytes: Uint8Array;
  readonly error?: unknown;
}

/** Reads a blob as far as it goes. */
export async function read(
  { registry }: PullWorld,
  of: Descriptor = descriptor,
  signal?: AbortSignal,
): Promise<Read> {
  const got: Uint8Array[] = [];
  try {
    const source = registry.blob(of, { signal });
    for await (const chunk of chunksOf(source)) got.push(chunk.slice());
    return { bytes: concat(got) };
  } catch (error) {
    return { bytes: concat(got), error };
  }
}

/** Compares bytes without writing them all out where they differ. */
export function sameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.byteLength, expected.byteLength);
  const at = expected.findIndex((byte, at) => actual[at] !== byte);
  assert.equal(at, -1, `they differ at ${at}`);
}

/** Expects a blob to be read, whole and right. */
export async function gives(
  world: PullWorld,
  expected: Uint8Array = bytes,
  of: Descriptor = descriptor,
): Promise<void> {
  const { bytes: got, error } = await read(world, of);
  assert.equal(error, undefined);
  sameBytes(got, expected);
}

/** Expects a blob not to be had; never are all of its bytes given out. */
export async function refuses(
  answering: Answering,
  code: string,
  words: RegExp,
): Promise<{ world: PullWorld; error: Error }> {
  const world = pullWorld(answering);
  const { error, bytes: got } = await read(world);
  const fail = () =>
    error === undefined ? Promise.resolve() : Promise.reject(error);
  const thrown = await rejects(fail(), code, words);
  assert.ok(got.byteLength < size);
  return { world, error: thrown };
}
