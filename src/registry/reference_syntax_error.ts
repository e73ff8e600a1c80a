import { ScratchbuildError } from "../spec/error.ts";

/** A text is not a reference. Its code is `REFERENCE_SYNTAX`. */
export class ReferenceSyntaxError extends ScratchbuildError {
  /** The name of the class. */
  override readonly name = "ReferenceSyntaxError";

  /** The text that was to be read. */
  readonly text: string;

  /**
   * An error about one text.
   *
   * @param text The text that was to be read.
   * @param why What is wrong with it, as the second half of a sentence.
   */
  constructor(text: string, why: string) {
    const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
    super(
      `Cannot read the reference ${JSON.stringify(shown)}: ${why}. ` +
        "A reference looks like registry.example.com/team/app:1.0",
      { code: "REFERENCE_SYNTAX" },
    );
    this.text = text;
  }
}
