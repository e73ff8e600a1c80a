import type { Clock } from "../../../src/registry/http/clock.ts";
import type { FakeAuth, Token } from "./fake_registry.ts";
import type { Quirks } from "./quirks.ts";

/** An upload that has begun. */
export interface UploadSession {
  readonly id: string;
  readonly repository: string;
  /** What has arrived, in order. */
  readonly chunks: Uint8Array[];
  /** Bytes that have arrived. */
  size: number;
  /** Bytes of the first chunk, for registries that remember no other. */
  firstChunk: number;
  /** Bytes of the latest chunk. */
  lastChunk: number;
  /** How many bodies were taken. The latest Location tells it. */
  step: number;
}

/** All that a registry is made of, for its own parts. */
export interface State {
  readonly quirks: Quirks;
  readonly auth: FakeAuth | undefined;
  readonly clock: Clock;
  /** Whether the clock was given, and thus is a test's. */
  readonly hasOwnClock: boolean;
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, { mediaType: string; bytes: Uint8Array }>;
  readonly tags: Map<string, string>;
  readonly tokens: Map<string, Token>;
  readonly refreshTokens: Set<string>;
  readonly uploads: Map<string, UploadSession>;
  /** When blobs and manifests were stored, by their keys. */
  readonly storedAt: Map<string, number>;
  /** How often each quirk that happens a few times has happened. */
  readonly counts: Map<string, number>;
  bytesReceived: number;
  tokensIssued: number;
}

/** What a registry was asked, as its parts see it. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  /** The body, as much of it as arrives. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** Bytes that were sent, where some get lost and nobody notices. */
  readonly sentSize?: number;
  /** The path without what a proxy or the storage has before it. */
  readonly path: string;
  /** Whether the storage is asked, whose URLs are signed. */
  readonly isSigned: boolean;
}

/** Whether something that happens a few times happens once more. */
export function happens(
  { counts }: State,
  what: string,
  times: number | undefined,
): boolean {
  const count = counts.get(what) ?? 0;
  if (count >= (times ?? 0)) return false;
  counts.set(what, count + 1);
  return true;
}

/** Milliseconds since 1970 by the registry's clock. */
export function now({ clock, quirks }: State): number {
  return clock.now() + (quirks.clockSkew ?? 0);
}

/** Whether what is stored under a key does not show yet. */
export function isLate(
  { quirks, clock, hasOwnClock, storedAt }: State,
  key: string,
): boolean {
  const { lateContent = 0 } = quirks;
  const age = clock.now() - (storedAt.get(key) ?? -Infinity);
  return hasOwnClock && age < lateContent;
}

/** Notes that something was stored, unless it was there before. */
export function noteStored({ clock, storedAt }: State, key: string): void {
  if (!storedAt.has(key)) storedAt.set(key, clock.now());
}

/** Whether a repository exists. */
export function hasRepository(state: State, repository: string): boolean {
  const { quirks: { repositories }, blobs, manifests } = state;
  if (repositories) return repositories.includes(repository);
  const prefix = `${repository}@`;
  return [...blobs.keys(), ...manifests.keys()]
    .some((key) => key.startsWith(prefix));
}

/** Whether bytes fit; otherwise, how the registry says that they do not. */
export function lackOfSpace(
  { quirks, blobs, manifests, uploads }: State,
  more: number,
): { status: number; code: string; message: string } | undefined {
  const { diskSize, quota } = quirks;
  if (diskSize === undefined && quota === undefined) return undefined;
  const sizes = [
    ...[...blobs.values()].map(({ byteLength }) => byteLength),
    ...[...manifests.values()].map(({ bytes }) => bytes.byteLength),
    ...[...uploads.values()].map(({ size }) => size),
    more,
  ];
  const size = sizes.reduce((sum, length) => sum + length, 0);
  if (diskSize !== undefined && size > diskSize) {
    const message = "no space left on device";
    return { status: 500, code: "UNKNOWN", message };
  }
  if (quota === undefined || size <= quota) return undefined;
  return { status: 403, code: "DENIED", message: "the quota is used up" };
}
