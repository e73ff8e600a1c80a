import type { Secrets } from "./secrets.ts";
import { parseWarnings } from "./warning.ts";

/** A warning that a registry sent. */
export interface RegistryWarning {
  /** The host that sent it. */
  readonly host: string;
  /** Its words, on one line. */
  readonly text: string;
}

/** Most warnings that are told; a registry could go on for ever. */
const MAX_WARNINGS = 16;

/** Passes on what registries warn of, each warning once. */
export class WarningLog {
  readonly #onWarning: ((warning: RegistryWarning) => void) | undefined;
  readonly #secrets: Secrets;
  readonly #told = new Set<string>();

  /**
   * @param onWarning Is told of each warning.
   * @param secrets What is taken out of its words.
   */
  constructor(
    onWarning: ((warning: RegistryWarning) => void) | undefined,
    secrets: Secrets,
  ) {
    this.#onWarning = onWarning;
    this.#secrets = secrets;
  }

  /** Tells of what is new in an answer. */
  take({ host }: URL, { headers }: Response): void {
    const header = this.#onWarning && headers.get("warning");
    const redact = (text: string) => this.#secrets.redact(text);
    for (const text of parseWarnings(header ?? null, redact)) {
      const key = `${host} ${text}`;
      if (this.#told.has(key) || this.#told.size >= MAX_WARNINGS) continue;
      this.#told.add(key);
      this.#onWarning?.({ host, text });
    }
  }
}
