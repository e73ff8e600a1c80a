import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { fakeClock } from "../support/fake_clock.ts";
import { runInProcess } from "./run_in_process.ts";
import { takesAll, withRegistry } from "./with_registry.ts";

const SECRET = "hunter2-secret";
const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 0, 1);

interface Refusal {
  /** What is wrong. */
  readonly what: string;
  /** How the registry says so, to every request that would change something. */
  readonly answer: (response: ServerResponse) => void;
  readonly status: number;
  /** The registry's own words, and what to do. */
  readonly says: RegExp;
}

function errors(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): (response: ServerResponse) => void {
  const body = JSON.stringify({ errors: [{ code, message }] });
  return (response) => response.writeHead(status, headers).end(body);
}

const basic = { "www-authenticate": 'Basic realm="r"' };

const refusals: Refusal[] = [
  {
    what: "bad credentials",
    answer: errors(401, "UNAUTHORIZED", "who are you", basic),
    status: 3,
    says: /answered 401 .*who are you.* from --username and --password /,
  },
  {
    what: "a missing repository",
    answer: errors(404, "NAME_UNKNOWN", "create it first"),
    status: 4,
    says: /answered 404 .*create it first.*[Cc]reate/,
  },
  {
    what: "a token that may only read",
    answer: errors(403, "DENIED", "read only"),
    status: 3,
    says: /answered 403 .*read only/,
  },
  {
    what: "a quota that is used up for good",
    answer: errors(429, "TOOMANYREQUESTS", "slow down", { "retry-after": "7" }),
    status: 4,
    says: /answered 429 .*slow down/,
  },
  {
    what: "a disk of the registry that is full",
    answer: errors(500, "UNKNOWN", "no space left on device"),
    status: 4,
    says: /answered 500 .*no space left/,
  },
  {
    what: "a clock that is a day off",
    answer: errors(401, "UNAUTHORIZED", "token used before it is valid", {
      ...basic,
      date: new Date(NOW + DAY).toUTCString(),
    }),
    status: 3,
    says: /answered 401 .*used before it is valid.*clock/,
  },
];

for (const { what, answer, status, says } of refusals) {
  test(`${what}: one line in the registry's words, in bounded time`, () => {
    let requests = 0;
    return withRegistry((request, response) => {
      requests++;
      if (request.method === "POST" || request.method === "PUT") {
        answer(response);
      } else takesAll(request, response);
    }, async (host, source) => {
      const clock = fakeClock({ start: NOW });
      const result = await runInProcess(
        [
          ...["push", source, `${host}/app`, "--progress", "none"],
          ...["--username", "me", "--password", SECRET],
        ],
        { clock },
      );
      assert.equal(result.status, status, result.stderr);
      assert.equal(result.stdout, "");
      assert.match(result.stderr, /^scratchbuild: Cannot [^\n]*\n$/);
      assert.match(result.stderr, says);
      assert.ok(!result.stderr.includes(SECRET));
      assert.ok(requests < 50, String(requests));
      assert.ok(clock.now() - NOW < 10 * 60 * 1000);
    });
  });
}

test("attempts that fail are told of, but for --quiet", () =>
  withRegistry((request, response) => {
    if (request.method === "POST") response.writeHead(503).end();
    else takesAll(request, response);
  }, async (host, source) => {
    const push = (...flags: string[]) =>
      runInProcess(["push", source, `${host}/app`, ...flags], {
        clock: fakeClock(),
      });
    const { stderr } = await push();
    assert.match(
      stderr,
      /\nretrying [\d.:]+ in [\d.]+ s: it answered 503\n/,
    );
    assert.match((await push("--quiet")).stderr, /^scratchbuild: Cannot .*\n$/);
  }));

test("what a registry warns of is shown once (req-015)", () =>
  withRegistry((request, response) => {
    response.setHeader("warning", '299 - "this registry closes"');
    takesAll(request, response);
  }, async (host, source) => {
    const argv = ["push", source, `${host}/app`];
    const { status, stderr } = await runInProcess(argv);
    assert.equal(status, 0, stderr);
    const line = `scratchbuild: warning: ${host} says: this registry closes`;
    assert.equal(stderr.split(line).length, 2, stderr);
  }));
