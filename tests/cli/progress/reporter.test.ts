import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CliContext, CliOutput } from "../../../src/cli/context.ts";
import type { ProgressMode } from "../../../src/cli/flags/output_flags.ts";
import type { ProgressItem } from "../../../src/cli/progress/progress_item.ts";
import { createReporter } from "../../../src/cli/progress/reporter.ts";
import { showAsking } from "../../../src/cli/progress/show_asking.ts";
import { VirtualTerminal } from "./virtual_terminal.ts";

/** A context with a clock that the test moves. */
function createContext(
  stderr: CliOutput,
  env: Record<string, string> = {},
): { context: CliContext; clock: { now: number } } {
  const clock = { now: 0 };
  const context: CliContext = {
    process: { stdout: { write: () => {} }, stderr, env },
    stdin: () => assert.fail("standard input was opened"),
    terminal: () => undefined,
    signal: new AbortController().signal,
    now: () => clock.now,
  };
  return { context, clock };
}

function item(id: string, rest: Partial<ProgressItem> = {}): ProgressItem {
  return {
    id,
    activity: "send",
    label: `/${id}`,
    state: "running",
    bytes: 0,
    total: 1000,
    ...rest,
  };
}

test("a terminal shows what runs, below what is done", () => {
  const terminal = new VirtualTerminal(80);
  const { context, clock } = createContext(terminal);
  const reporter = createReporter("auto", context);
  clock.now = 100;
  reporter.update(item("a"));
  clock.now = 200;
  reporter.update(item("b", { bytes: 500 }));
  assert.equal(
    terminal.text,
    "sending  /a               [>             ]    0%       0 B/1.0 kB         0 B/s\n" +
      "sending  /b               [=======>      ]   50%     500 B/1.0 kB         0 B/s",
  );
  assert.deepEqual(terminal.cursor, [2, 0]);
  clock.now = 250;
  reporter.update(item("a", { state: "done", bytes: 1000 }));
  reporter.update(item("config", { state: "done", isMinor: true }));
  clock.now = 350;
  reporter.update(item("b", { bytes: 750 }));
  assert.equal(
    terminal.text,
    "sent     /a                    1.0 kB\n" +
      "sending  /b               [==========>   ]   75%     750 B/1.0 kB      1.7 kB/s",
  );
  reporter.stop("done     2.0 kB in 0.4 s");
  assert.equal(
    terminal.text,
    "sent     /a                    1.0 kB\ndone     2.0 kB in 0.4 s",
  );
});

test("a terminal is not drawn to more often than it can be seen", () => {
  const written: string[] = [];
  const { context, clock } = createContext({
    write: (text) => written.push(text),
    isTTY: true,
    columns: 80,
    rows: 24,
  });
  const reporter = createReporter("auto", context);
  for (let time = 0; time < 1000; time++) {
    clock.now = time;
    reporter.update(item("a", { bytes: time }));
  }
  const { length } = written;
  reporter.stop();
  assert.equal(length, 9);
});

test("whatever happens, and however the terminal changes, nothing is garbled", () => {
  const step = fc.record({
    id: fc.constantFrom("a", "b", "c", "d"),
    state: fc.constantFrom("running" as const, "done" as const),
    columns: fc.integer({ min: 40, max: 120 }),
  });
  fc.assert(
    fc.property(
      fc.array(step),
      fc.integer({ min: 14, max: 30 }),
      (steps, rows) => {
        const terminal = new VirtualTerminal(120, rows);
        const { context, clock } = createContext(terminal);
        const reporter = createReporter("auto", context);
        const done: string[] = [];
        for (const { id, state, columns } of steps) {
          terminal.resize(columns);
          clock.now += 100;
          reporter.update(item(id, { state }));
          if (state === "done") done.push(`sent     /${id}`);
        }
        reporter.stop("the end");
        assert.deepEqual(
          terminal.text.split("\n").map((line) =>
            line.replace(/ +1\.0 kB$/, "")
          ),
          [...done, "the end"],
        );
        assert.equal(terminal.cursor[1], 0);
      },
    ),
  );
});

test("more items than rows do not scroll the terminal", () => {
  const terminal = new VirtualTerminal(80, 5);
  const { context, clock } = createContext(terminal);
  const reporter = createReporter("auto", context);
  for (let index = 0; index < 20; index++) {
    clock.now += 100;
    reporter.update(item(`item-${index}`));
  }
  assert.equal(terminal.text.split("\n").length, 3);
  reporter.stop();
  assert.equal(terminal.text, "");
});

test("logs get a line for what is done, and one every ten seconds", () => {
  const lines: string[] = [];
  const { context, clock } = createContext({
    write: (text) => lines.push(text),
  });
  const reporter = createReporter("auto", context);
  const { total: _, ...packing } = item("app", { activity: "pack" });
  for (let second = 0; second < 25; second++) {
    clock.now = second * 1000;
    reporter.update({ ...packing, bytes: second * 1_000_000 });
  }
  const note = "8.0 MB compressed";
  reporter.update({ ...packing, state: "done", bytes: 25_000_000, note });
  for (let second = 25; second < 40; second++) {
    clock.now = second * 1000;
    reporter.update(item("app", { bytes: 1e6, total: 8e6 }));
  }
  reporter.update(item("app", { state: "done", bytes: 8e6, total: 8e6 }));
  reporter.update(item("x", { state: "present", total: 8e6 }));
  reporter.update(item("config", { state: "done", isMinor: true }));
  reporter.stop("never shown in a log");
  assert.deepEqual(lines, [
    "packing /app: 10.0 MB so far\n",
    "packing /app: 20.0 MB so far\n",
    "packed /app: 25.0 MB, 8.0 MB compressed\n",
    "sending /app: 1.0 MB of 8.0 MB\n",
    "sent /app: 8.0 MB\n",
    "present /x: 8.0 MB\n",
  ]);
});

test("the mode and the terminal decide on the way of showing", () => {
  const cases: [
    mode: ProgressMode,
    isTTY: boolean,
    env: Record<string, string>,
    shown: RegExp,
  ][] = [
    ["auto", true, {}, /^\[36msending\[0m .*\[K\n/],
    ["auto", true, { NO_COLOR: "1" }, /^sending .*\[K\n/],
    ["auto", true, { NO_COLOR: "" }, /^\[36msending/],
    ["auto", true, { TERM: "dumb" }, /^sent \/a: 1\.0 kB\n$/],
    ["auto", false, {}, /^sent \/a: 1\.0 kB\n$/],
    ["plain", true, {}, /^sent \/a: 1\.0 kB\n$/],
    ["none", true, {}, /^$/],
    ["none", false, {}, /^$/],
  ];
  for (const [mode, isTTY, env, shown] of cases) {
    let text = "";
    const stderr = {
      write: (part: string) => text += part,
      isTTY,
      columns: 80,
      rows: 24,
    };
    const { context, clock } = createContext(stderr, env);
    const reporter = createReporter(mode, context);
    clock.now = 100;
    reporter.update(item("a"));
    reporter.update(item("a", { state: "done" }));
    reporter.stop();
    assert.match(text.replaceAll("\x1b", ""), shown);
  }
});

test("a note stays above what runs, and garbles nothing", () => {
  const terminal = new VirtualTerminal(80);
  const { context, clock } = createContext(terminal);
  const reporter = createReporter("auto", context);
  clock.now = 100;
  reporter.update(item("a"));
  clock.now = 200;
  reporter.note("retrying ghcr.io in 2.0 s: it answered 503");
  reporter.note("n".repeat(100));
  clock.now = 300;
  reporter.update(item("a", { bytes: 500 }));
  const above = [
    "retrying ghcr.io in 2.0 s: it answered 503",
    "n".repeat(100),
  ];
  assert.deepEqual(terminal.text.split("\n").slice(0, 2), above);
  assert.match(terminal.text, /\nsending {2}\/a .* 50% /);
  reporter.note("the last one");
  reporter.stop();
  assert.equal(terminal.text, [...above, "the last one"].join("\n"));
});

test("in a log a note is a line, and without progress it is nothing", () => {
  const lines: string[] = [];
  const { context } = createContext({ write: (text) => lines.push(text) });
  createReporter("none", context).note("unheard");
  createReporter("plain", context).note("heard");
  assert.deepEqual(lines, ["heard\n"]);
});

test("a registry that does not answer yet is shown, but not in a log", () => {
  const terminal = new VirtualTerminal(80);
  const { context, clock } = createContext(terminal);
  const reporter = createReporter("auto", context);
  const answered = showAsking("ghcr.io", reporter);
  clock.now = 30_000;
  reporter.update(item("a"));
  assert.match(terminal.text, /^asking {3}ghcr\.io +30 s\n/);
  answered();
  clock.now = 30_100;
  reporter.update(item("a"));
  assert.doesNotMatch(terminal.text, /ghcr/);
  reporter.stop();

  const lines: string[] = [];
  const log = createContext({ write: (text) => lines.push(text) });
  const plain = createReporter("plain", log.context);
  log.clock.now = 60_000;
  showAsking("ghcr.io", plain)();
  assert.deepEqual(lines, []);
});

test("the speed is that of this run, and begins anew with the upload", () => {
  const terminal = new VirtualTerminal(80);
  const { context, clock } = createContext(terminal);
  const reporter = createReporter("auto", context);
  const rate = () => /([\d.]+ k?B\/s)$/.exec(terminal.text)?.[1];
  reporter.update(item("a", { bytes: 800 }));
  clock.now = 100;
  reporter.update(item("a", { bytes: 810 }));
  assert.equal(rate(), "100 B/s");
  clock.now = 200;
  reporter.update(item("a", { bytes: 0 }));
  clock.now = 300;
  reporter.update(item("a", { bytes: 20 }));
  assert.equal(rate(), "200 B/s");
  reporter.stop();
});
