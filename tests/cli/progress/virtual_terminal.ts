import type { CliOutput } from "../../../src/cli/context.ts";

/** A row of the screen. */
interface Row {
  text: string;
  /** Whether the row above did not have room for all of its line. */
  continues: boolean;
}

/**
 * A terminal in memory, with as much of ECMA-48 as the command uses. Like most
 * terminals, it wraps what it shows anew when its width changes.
 */
export class VirtualTerminal implements CliOutput {
  readonly isTTY = true;
  readonly rows: number;
  #columns: number;
  #rows: Row[] = [{ text: "", continues: false }];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows = 24) {
    this.#columns = columns;
    this.rows = rows;
  }

  get columns(): number {
    return this.#columns;
  }

  /** Gives the terminal another width while the cursor is on an empty line. */
  resize(columns: number): void {
    this.#columns = columns;
    this.#rows = this.#lines().flatMap((line) => {
      const pieces = line.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""];
      return pieces.map((text, index) => ({ text, continues: index > 0 }));
    });
    this.#row = this.#rows.length - 1;
  }

  write(text: string): void {
    // deno-lint-ignore no-control-regex -- terminals are made of them
    for (const [token] of text.matchAll(/\x1b\[(\d*)([A-Za-z])|[^]/gu)) {
      if (token.startsWith("\x1b[")) this.#control(token.slice(2));
      else if (token === "\n") this.#next(false);
      else if (token === "\r") this.#column = 0;
      else this.#print(token);
    }
  }

  /** All that was ever shown, without empty lines at the end. */
  get text(): string {
    return this.#lines().map((line) => line.trimEnd()).join("\n").trimEnd();
  }

  /** Row and column of the cursor. */
  get cursor(): [row: number, column: number] {
    return [this.#row, this.#column];
  }

  #lines(): string[] {
    const lines: string[] = [];
    for (const { text, continues } of this.#rows) {
      if (continues) lines.push((lines.pop() ?? "") + text);
      else lines.push(text);
    }
    return lines;
  }

  #control(sequence: string): void {
    const count = Number(sequence.slice(0, -1) || 1);
    switch (sequence.at(-1)) {
      case "A": // What has scrolled out cannot be reached.
        this.#row = Math.max(
          this.#row - count,
          this.#rows.length - this.rows,
          0,
        );
        break;
      case "J":
        this.#rows.length = this.#row + 1;
        this.#erase();
        break;
      case "K":
        this.#erase();
        break;
      case "m":
        break;
      default:
        throw new Error(`unknown sequence ${JSON.stringify(sequence)}`);
    }
  }

  #erase(): void {
    const row = this.#current();
    row.text = row.text.slice(0, this.#column);
    const below = this.#rows[this.#row + 1];
    if (below) below.continues = false;
  }

  #print(char: string): void {
    if (this.#column === this.#columns) this.#next(true);
    const row = this.#current();
    row.text = row.text.padEnd(this.#column).slice(0, this.#column) + char +
      row.text.slice(this.#column + 1);
    this.#column++;
  }

  #next(continues: boolean): void {
    this.#row++;
    this.#column = 0;
    this.#current().continues = continues;
  }

  #current(): Row {
    return this.#rows[this.#row] ??= { text: "", continues: false };
  }
}
