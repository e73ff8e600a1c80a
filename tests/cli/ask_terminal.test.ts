import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { askTerminal } from "../../src/cli/ask_terminal.ts";
import type { Ask } from "../../src/cli/context.ts";

/** A terminal that a test types at. */
class FakeTerminal extends EventEmitter {
  /** All that was shown, and when the terminal began and ceased to hide. */
  shown = "";
  isReading = false;

  setRawMode(isRaw: boolean): void {
    this.shown += isRaw ? "<" : ">";
  }
  resume(): void {
    this.isReading = true;
  }
  pause(): void {
    this.isReading = false;
  }
  type(text: string): void {
    this.emit("data", new TextEncoder().encode(text));
  }
}

function setUp(): {
  terminal: FakeTerminal;
  ask: Ask;
  controller: AbortController;
} {
  const terminal = new FakeTerminal();
  const controller = new AbortController();
  const ask = askTerminal({
    input: terminal as unknown as NodeJS.ReadStream,
    output: { write: (text) => terminal.shown += text },
    signal: controller.signal,
    interrupt: () => controller.abort(new Error("interrupted")),
  });
  return { terminal, ask, controller };
}

/** Nothing of a question stays behind. */
function assertLeft(terminal: FakeTerminal): void {
  assert.equal(terminal.listenerCount("data"), 0);
  assert.equal(terminal.listenerCount("end"), 0);
  assert.equal(terminal.isReading, false);
}

test("a password is hidden before it is asked for, and until it is there", async () => {
  const { terminal, ask } = setUp();
  const answer = ask("Password: ", { hidden: true });
  assert.equal(terminal.shown, "<Password: ");
  terminal.type("s3c");
  terminal.type("ret\r");
  assert.equal(await answer, "s3cret");
  assert.equal(terminal.shown, "<Password: >\n");
  assertLeft(terminal);
});

test("a line that may be seen is left to the terminal", async () => {
  const { terminal, ask } = setUp();
  const answer = ask("Name: ");
  terminal.type("me\n");
  assert.equal(await answer, "me");
  assert.equal(terminal.shown, "Name: ");
  assertLeft(terminal);
});

test("keys that take back do", async () => {
  const cases: [typed: string, answer: string][] = [
    ["ab\x7fc\r", "ac"],
    ["a😀\bb\r", "ab"],
    ["\x7f\x7fa\r", "a"],
    ["abc\x15d\r", "d"],
    ["a\x1b[D\x1bOAb\r", "ab"],
    ["\x1b[200~pasted\x1b[201~\r", "pasted"],
    ["pässwörd 語\r", "pässwörd 語"],
    ["\r", ""],
  ];
  for (const [typed, expected] of cases) {
    const { terminal, ask } = setUp();
    const answer = ask("Password: ", { hidden: true });
    terminal.type(typed);
    assert.equal(await answer, expected, JSON.stringify(typed));
  }
});

test("what is typed ahead answers the next question", async () => {
  const { terminal, ask } = setUp();
  const name = ask("Name: ");
  terminal.type("me\ns3cret\n");
  assert.equal(await name, "me");
  assert.equal(await ask("Password: ", { hidden: true }), "s3cret");
  assertLeft(terminal);
});

test("characters that arrive in two chunks stay whole", async () => {
  const { terminal, ask } = setUp();
  const answer = ask("Password: ", { hidden: true });
  for (const byte of new TextEncoder().encode("ü語\r")) {
    terminal.emit("data", Uint8Array.of(byte));
  }
  assert.equal(await answer, "ü語");
});

test("Ctrl-C interrupts, and the terminal is as it was", async () => {
  const { terminal, ask } = setUp();
  const answer = ask("Password: ", { hidden: true });
  terminal.type("s3\x03");
  await assert.rejects(answer, { code: "ABORTED" });
  assert.equal(terminal.shown, "<Password: >\n");
  assertLeft(terminal);
});

test("a signal ends the asking, also one that came before", async () => {
  const { terminal, ask, controller } = setUp();
  const answer = ask("Name: ");
  controller.abort(new Error("stop"));
  await assert.rejects(answer, { code: "ABORTED" });
  assertLeft(terminal);
  await assert.rejects(ask("Name: "), { code: "ABORTED" });
  assertLeft(terminal);
});

test("Ctrl-D, and a terminal that is gone, are no answer", async () => {
  const { terminal, ask } = setUp();
  const first = ask("Password: ", { hidden: true });
  terminal.type("\x04");
  await assert.rejects(first, { code: "USAGE" });
  const second = ask("Name: ");
  terminal.type("m");
  terminal.emit("end");
  await assert.rejects(second, { code: "USAGE" });
  assert.equal(terminal.shown, "<Password: >\nName: \n");
  assertLeft(terminal);
});
