import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { TimedItem } from "../../../src/cli/progress/progress_item.ts";
import {
  renderDone,
  renderRunning,
} from "../../../src/cli/progress/render_item.ts";
import { renderFrame } from "../../../src/cli/progress/render_frame.ts";
import { textWidth } from "../../../src/cli/progress/text_width.ts";

const sending: TimedItem = {
  id: "1",
  activity: "send",
  label: "/app",
  state: "running",
  bytes: 12_345_678,
  total: 27_400_000,
  startedAt: 1000,
  startedWith: 0,
};
const packing: TimedItem = {
  id: "2",
  activity: "pack",
  label: "/application/server",
  state: "running",
  bytes: 612_000_000,
  startedAt: 1000,
  startedWith: 0,
};

test("a line tells less where there is less room", () => {
  const lines = [120, 79, 60, 39, 24, 12].map((width) =>
    [sending, packing].map((item) =>
      renderRunning(item, 3000, { width, color: false })
    )
  ).flat();
  assert.deepEqual(lines, [
    "sending  /app                      [=============>                ]   45%   12.3 MB/27.4 MB     6.2 MB/s",
    "packing  /application/server       612.0 MB  306.0 MB/s",
    "sending  /app             [======>       ]   45%   12.3 MB/27.4 MB     6.2 MB/s",
    "packing  /application/server       612.0 MB  306.0 MB/s",
    "sending  /app             45%   12.3 MB/27.4 MB     6.2 MB/s",
    "packing  /application/server       612.0 MB  306.0 MB/s",
    "sending  /app           45%    6.2 MB/s",
    "packing  /appl...  612.0 MB  306.0 MB/s",
    "sending  /app        45%",
    "packing  /application...",
    "sending  ...",
    "packing  ...",
  ]);
});

test("a long label is shown before a long bar, and all bars begin alike", () => {
  const options = { width: 79, color: false, labels: 23 };
  const label = "layer 2/2 (linux/amd64)";
  const lines = ["layer 1", label].map((label) =>
    renderRunning({ ...sending, label }, 3000, options)
  );
  assert.ok(lines[1]?.includes(label), lines[1]);
  const [first = -1, second] = lines.map((line) => line.indexOf("["));
  assert.equal(first, second);
  assert.deepEqual(lines.map((line) => line.length), [79, 79]);
  const alone = renderRunning({ ...sending, label: "/app" }, 3000, {
    width: 79,
    color: false,
  });
  assert.ok(alone.indexOf("[") < first, alone);
});

test("what waits for an answer tells for how long", () => {
  const asking = { ...packing, label: "ghcr.io", bytes: 0 };
  const lines = [79, 20].map((width) =>
    renderRunning({ ...asking, activity: "ask" }, 66_000, {
      width,
      color: false,
    })
  );
  assert.deepEqual(lines, [
    "asking   ghcr.io                   1 min 05 s",
    "asking   ghcr.io",
  ]);
});

test("a bar is empty at first and full in the end", () => {
  const bar = (bytes: number, total: number) =>
    /\[.*\]/.exec(
      renderRunning({ ...sending, bytes, total }, 3000, {
        width: 79,
        color: false,
      }),
    )?.[0];
  assert.equal(bar(0, 100), "[>             ]");
  assert.equal(bar(50, 100), "[=======>      ]");
  assert.equal(bar(99, 100), "[=============>]");
  assert.equal(bar(100, 100), "[==============]");
  assert.equal(bar(0, 0), "[==============]");
  assert.equal(bar(200, 100), "[==============]");
});

test("a line for what is done tells its size", () => {
  const render = (item: Partial<TimedItem>, width = 79) =>
    renderDone({ ...sending, ...item }, { width, color: false });
  assert.equal(
    render({ state: "done" }),
    "sent     /app                  27.4 MB",
  );
  assert.equal(
    render({ state: "present" }),
    "present  /app                  27.4 MB, already there",
  );
  assert.equal(
    renderDone({
      ...packing,
      state: "done",
      note: "204.0 MB compressed",
    }, { width: 79, color: false }),
    "packed   /application/server   612.0 MB, 204.0 MB compressed",
  );
  assert.equal(
    renderDone({ ...packing, state: "done" }, { width: 30, color: false }),
    "packed   /applica...  612.0 MB",
  );
});

test("colours change nothing but the colour", () => {
  const options = { width: 79, color: true };
  const line = renderRunning(sending, 3000, options);
  assert.ok(line.startsWith("\x1b[36msending\x1b[0m  /app"), line);
  const done = renderDone({ ...sending, state: "done" }, options);
  assert.ok(done.startsWith("\x1b[32msent   \x1b[0m  /app"), done);
});

test("no line is ever wider than it may be", () => {
  const item = fc.record({
    id: fc.constant("x"),
    activity: fc.constantFrom("pack" as const, "send" as const),
    label: fc.string({
      unit: fc.constantFrom("a", "/", "語", "😀", "e\u0301"),
    }),
    state: fc.constant("running" as const),
    bytes: fc.nat(2 ** 40),
    total: fc.option(fc.nat(2 ** 40), { nil: undefined }),
    startedAt: fc.nat(10_000),
    startedWith: fc.nat(2 ** 40),
  });
  fc.assert(
    fc.property(item, fc.nat(10_000), fc.integer({ min: 1, max: 200 }), (
      { total, ...rest },
      now,
      width,
    ) => {
      const item = total === undefined ? rest : { ...rest, total };
      const options = { width, color: false };
      assert.ok(textWidth(renderRunning(item, now, options)) <= width);
      assert.ok(
        textWidth(renderDone({ ...item, state: "done" }, options)) <= width,
      );
    }),
  );
});

test("a frame goes up by the rows that the last one takes now", () => {
  const previous = ["x".repeat(79), "\x1b[36mshort\x1b[0m", ""];
  const frame = (columns: number) =>
    renderFrame({ previous, lasting: ["a"], passing: ["b"], columns });
  const drawn = "a\x1b[K\nb\x1b[K\n\x1b[J";
  assert.equal(frame(80), `\x1b[3A\r${drawn}`);
  assert.equal(frame(40), `\x1b[4A\r${drawn}`);
  assert.equal(frame(20), `\x1b[6A\r${drawn}`);
  assert.equal(
    renderFrame({ previous: [], lasting: ["a"], passing: ["b"], columns: 80 }),
    drawn,
  );
});

test("what was there before says nothing of the speed", () => {
  const options = { width: 79, color: false };
  const item = { ...sending, startedWith: 10_345_678 };
  assert.match(renderRunning(item, 3000, options), / 45% .* 1\.0 MB\/s$/);
});

test("what the registry had is told of in its own words", () => {
  const options = { width: 79, color: false };
  const note = "from the same registry";
  assert.deepEqual([
    renderDone({ ...sending, state: "present" }, options),
    renderDone({ ...sending, state: "mounted", note }, options),
  ], [
    "present  /app                  27.4 MB, already there",
    "mounted  /app                  27.4 MB, from the same registry",
  ]);
});
