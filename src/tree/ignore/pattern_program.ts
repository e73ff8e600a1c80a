import { inName, onLine } from "./char_set.ts";
import type { Step } from "./parse_expression.ts";

const SLASH = 0x2f;
const LINE_END = 0x0a;

/**
 * Runs an expression over paths in one pass: it goes in all ways at once, as a
 * list of the steps that may come next, instead of trying one after the other.
 * So a character costs no more than the expression has steps, and with any
 * number of stars it costs about two.
 */
export class PatternProgram {
  readonly #steps: readonly Step[];

  /** Of steps that take one character the same, the character, else -1. */
  readonly #codes: Int32Array;

  /**
   * For each step the first of those before it that add nothing while it is in
   * the list: what they lead to is reached from it too.
   */
  readonly #floors: Int32Array;

  /** What every path that matches begins with. */
  readonly #head: string;

  /** What every path that matches holds. */
  readonly #core: string;

  /** Steps that may come next, in their order. */
  #list: Int32Array;
  #length = 0;

  /** Memory for the list after the next character. */
  #spare: Int32Array;

  /** Whether the path has one line, as directories that are skipped must. */
  #oneLine = true;

  /** @param steps What paths are to match. */
  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    this.#codes = Int32Array.from(
      steps,
      (step) => step.kind === "one" ? step.code : -1,
    );
    this.#floors = floorsOf(steps);
    const texts = fixedTexts(steps);
    this.#head = texts[0]!;
    this.#core = texts.reduce((a, b) => b.length > a.length ? b : a);
    this.#list = new Int32Array(steps.length + 1);
    this.#spare = new Int32Array(steps.length + 1);
  }

  /** Whether a path matches, or a directory above it. */
  matches(path: string): boolean {
    if (!path.startsWith(this.#head) || !path.includes(this.#core)) {
      return false;
    }
    this.#begin(path);
    for (let at = 0; this.#length > 0;) {
      const code = path.codePointAt(at) ?? SLASH;
      if (code === SLASH && this.#last() === this.#steps.length) return true;
      if (at >= path.length) return false;
      this.#take(code);
      at += code > 0xffff ? 2 : 1;
    }
    return false;
  }

  /** Whether a path that begins with a text, and goes on, may match. */
  mayBegin(text: string): boolean {
    this.#begin(text);
    for (let at = 0; at < text.length && this.#length > 0;) {
      const code = text.codePointAt(at) ?? 0;
      this.#take(code);
      at += code > 0xffff ? 2 : 1;
    }
    return this.#length > 0 && this.#list[0]! < this.#steps.length;
  }

  #begin(path: string): void {
    this.#oneLine = !path.includes("\n");
    this.#length = 0;
    this.#enter(0, true);
  }

  #last(): number {
    return this.#length > 0 ? this.#list[this.#length - 1]! : -1;
  }

  /** Goes on by one character. */
  #take(code: number): void {
    const before = this.#list;
    const count = this.#length;
    this.#list = this.#spare;
    this.#spare = before;
    this.#length = 0;
    for (let index = 0; index < count; index++) {
      const at = before[index]!;
      const only = this.#codes[at];
      if (only === code) this.#enter(at + 1, false);
      if (only !== -1) continue;
      const step = this.#steps[at]!;
      if (step.kind === "any") {
        if (step.set.has(code)) this.#enter(at + 1, false);
      } else if (step.kind === "many") {
        if (step.set.has(code)) this.#enter(at, false);
      } else if (step.kind === "skip" && code !== LINE_END) {
        this.#put(at);
        if (code === SLASH) this.#enter(at + 1, false);
      }
    }
  }

  /** Puts a step on the list, with those after it if it may take nothing. */
  #enter(first: number, atStart: boolean): void {
    for (let at = first;; at++) {
      const kind = this.#steps[at]?.kind;
      if (kind !== "start") this.#put(at);
      else if (!atStart) return;
      if (kind === undefined || kind === "one" || kind === "any") return;
    }
  }

  /** Steps come in their order, so what is not behind the last is there. */
  #put(step: number): void {
    if (step <= this.#last()) return;
    const floor = this.#oneLine ? this.#floors[step]! : step;
    while (this.#last() >= floor) this.#length--;
    this.#list[this.#length++] = step;
  }
}

/**
 * The texts between the wildcards. The first stands at the begin and may be
 * empty.
 */
function fixedTexts(steps: readonly Step[]): string[] {
  const texts: string[] = [];
  let text = "";
  for (const step of steps) {
    if (step.kind === "one") {
      text += String.fromCodePoint(step.code);
      continue;
    }
    if (text !== "" || texts.length === 0) texts.push(text);
    text = "";
  }
  return [...texts, text];
}

function floorsOf(steps: readonly Step[]): Int32Array {
  const floors = new Int32Array(steps.length + 1);
  /** The step after the last one that can leave a directory. */
  let name = 0;
  steps.forEach((step, at) => {
    floors[at] = at;
    if (step.kind === "many") {
      if (step.set === inName) floors[at] = name;
      if (step.set === onLine) floors[at] = 0;
    }
    // Only there does what comes next stand at the begin of a name anyhow.
    if (step.kind === "skip" && isSlash(steps[at - 1])) floors[at] = 0;
    if (step.kind === "skip" || leaves(step)) name = at + 1;
  });
  floors[steps.length] = steps.length;
  return floors;
}

function isSlash(step: Step | undefined): boolean {
  return step?.kind === "one" && step.code === SLASH;
}

function leaves(step: Step): boolean {
  return isSlash(step) || "set" in step && step.set.has(SLASH);
}
