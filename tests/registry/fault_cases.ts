import type { Fault } from "../support/fake_registry/fault.ts";

/** A request that a fault befalls, and how often in a row it does. */
export interface Occasion {
  /** The request, as `FakeRegistry.lines` has it. */
  readonly line: string;
  /** The one before it. */
  readonly before: string;
  /** At how many requests in a row. */
  readonly times: number;
  /** Whether the registry takes whole blobs; otherwise parts alone. */
  readonly isWhole: boolean;
}

/** A fault, and whether a push is to survive it. */
export interface FaultCase {
  readonly name: string;
  readonly fault: Fault;
  /** Whether there is no excuse for a push that fails. */
  readonly mustPass: (occasion: Occasion) => boolean;
}

const always = () => true;
const never = () => false;
const once = ({ times }: Occasion) => times === 1;
/** Where another way of sending the bytes, or other bytes, may help. */
const onceAtBytes = ({ times, line }: Occasion) =>
  times === 1 && /^(PUT|PATCH) .*\/uploads\//.test(line);

/** Where smaller requests may help, and are not the smallest already. */
const onceAtWhole = (occasion: Occasion) =>
  onceAtBytes(occasion) && occasion.isWhole;

const statuses = (
  mustPass: FaultCase["mustPass"],
  ...codes: readonly number[]
): FaultCase[] =>
  codes.map((status) => ({
    name: `status ${status}`,
    fault: { kind: "status", status },
    mustPass,
  }));

/** What can go wrong with a request of a push. */
export const faultCases: readonly FaultCase[] = [
  ...statuses(always, 429, 500, 503),
  ...statuses(onceAtBytes, 404, 409, 416),
  ...statuses(onceAtWhole, 411, 413),
  ...statuses(never, 400, 403),
  {
    name: "401 without a challenge",
    fault: { kind: "status", status: 401 },
    mustPass: never,
  },
  {
    name: "503 although the work was done",
    fault: { kind: "status", status: 503, stored: true },
    mustPass: always,
  },
  {
    name: "reset before",
    fault: { kind: "reset", when: "before" },
    mustPass: always,
  },
  {
    name: "reset during the body",
    fault: { kind: "reset", when: "during", bytes: 700 },
    mustPass: always,
  },
  {
    name: "reset after",
    fault: { kind: "reset", when: "after" },
    mustPass: always,
  },
  {
    name: "short write",
    fault: { kind: "shortWrite", bytes: 250 },
    // What is left of a manifest is none, and the registry says so.
    mustPass: ({ line, times }) => times === 1 && !line.includes("/manifests/"),
  },
  {
    name: "stall at the request",
    fault: { kind: "stall", where: "request" },
    mustPass: always,
  },
  {
    name: "stall at the answer",
    fault: { kind: "stall", where: "answer" },
    mustPass: always,
  },
  {
    name: "stall in the body of the answer",
    fault: { kind: "stall", where: "body" },
    mustPass: always,
  },
  {
    name: "an answer that is cut short by a reset",
    fault: { kind: "truncate", bytes: 5 },
    mustPass: always,
  },
  {
    name: "an answer that is cut short",
    fault: { kind: "truncate", bytes: 5, quietly: true },
    mustPass: never,
  },
  {
    name: "an answer that is too long",
    fault: { kind: "overlong", bytes: 100_000 },
    mustPass: never,
  },
  {
    name: "an answer that trickles",
    fault: { kind: "trickle", interval: 1000 },
    mustPass: always,
  },
  {
    name: "an answer with another byte",
    fault: { kind: "corrupt" },
    mustPass: never,
  },
  {
    name: "an answer that is gzip",
    fault: { kind: "gzip" },
    mustPass: never,
  },
  {
    name: "an answer that is said to be gzip",
    fault: { kind: "gzip", how: "mislabelled" },
    mustPass: always,
  },
  {
    name: "wrong digest",
    fault: { kind: "wrongDigest" },
    mustPass: never,
  },
  {
    name: "no Location",
    fault: { kind: "location", location: null },
    mustPass: never,
  },
  {
    name: "Location that is no URL",
    fault: { kind: "location", location: "http://[" },
    mustPass: never,
  },
  {
    name: "Location in the metadata network",
    fault: {
      kind: "location",
      location: "https://169.254.169.254/v2/team/app/blobs/uploads/x",
    },
    mustPass: never,
  },
  {
    name: "expired tokens",
    fault: { kind: "expireTokens" },
    // A token that is not even good for one request is a refusal.
    mustPass: (occasion) => once(occasion) && occasion.before !== "GET /token",
  },
  {
    name: "redirect loop",
    fault: { kind: "redirectLoop" },
    mustPass: never,
  },
];
