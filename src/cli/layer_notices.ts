import { printable } from "../spec/printable.ts";
import type { LayerWarning } from "../tar/layer_warning.ts";

/** How many warnings of one kind a layer has before the rest is counted. */
const MOST = 10;

/** Makes notices of what is odd about the layers of one build. */
export class LayerNotices {
  readonly #warn: (text: string) => void;
  readonly #told: Set<string>;
  /** Those of the present layer that are not shown, by their kind. */
  readonly #kinds = new Map<string, { count: number; next?: string }>();

  /**
   * @param warn Shows a warning.
   * @param told What was shown before: of layers that are packed at the same
   * time, each has notices of its own.
   */
  constructor(warn: (text: string) => void, told: Set<string> = new Set()) {
    this.#warn = warn;
    this.#told = told;
  }

  /**
   * Takes a warning in. The same one is shown once.
   *
   * @param source What the layer is made of, on this computer.
   */
  take(source: string, warning: LayerWarning): void {
    const { code = "" } = warning;
    const text = textOf(source, warning);
    // That a program is missing is as true of the next layer.
    const key = code === "XATTRS" ? code : text;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const kind = this.#kinds.get(code) ?? { count: 0 };
    this.#kinds.set(code, kind);
    kind.count++;
    if (kind.count <= MOST) this.#warn(text);
    else kind.next ??= text;
  }

  /** Ends a layer: says how many warnings were not shown. */
  end(): void {
    for (const { count, next } of this.#kinds.values()) {
      if (next === undefined) continue;
      const rest = count - MOST - 1;
      this.#warn(rest > 0 ? `${next}; and ${rest} more like it` : next);
    }
    this.#kinds.clear();
  }
}

/** A warning in the words of the command, where the library has others. */
function textOf(source: string, { code, message }: LayerWarning): string {
  if (code === "TAR") return `${printable(source)}: ${message}`;
  return code === "XATTRS"
    ? `the extended attributes of ${printable(source)} are left out: to read ` +
      "them, install getfattr (package attr), and on Deno allow it to be run; " +
      "--xattrs off does not try"
    : message;
}
