import assert from "node:assert/strict";
import { test } from "node:test";
import { notices } from "../../src/cli/notices.ts";

test("warnings and failed attempts are lines", () => {
  const lines: string[] = [];
  const { warn, onWarning, onRetry } = notices(
    (line) => lines.push(line),
    () => 0,
  );
  warn("~/.docker/config.json can be read by others");
  onWarning({ host: "ghcr.io", text: "deprecated\x1b[31m" });
  onRetry({ host: "ghcr.io", why: "it answered 503", delay: 2000 });
  onRetry({ host: "quay.io", why: "it answered 503", delay: 3 });
  assert.deepEqual(lines, [
    "scratchbuild: warning: ~/.docker/config.json can be read by others",
    "scratchbuild: warning: ghcr.io says: deprecated\\u001b[31m",
    "retrying ghcr.io in 2.0 s: it answered 503",
    "retrying quay.io in 0.1 s: it answered 503",
  ]);
});

test("a host that keeps failing is told of every five seconds at most", () => {
  const lines: string[] = [];
  let now = 0;
  const { onRetry } = notices((line) => lines.push(line), () => now);
  for (; now < 12_000; now += 1000) {
    for (const host of ["a", "b"]) onRetry({ host, why: "it", delay: 100 });
  }
  const times = (host: string) =>
    lines.filter((line) => line.startsWith(`retrying ${host} `)).length;
  assert.equal(times("a"), 3);
  assert.equal(times("b"), 3);
});
