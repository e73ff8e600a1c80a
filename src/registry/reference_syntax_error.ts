import { ScratchbuildError } from "../spec/error.ts";

/** A text that is longer than any reference is cut before it is looked at. */
const MAX_SHOWN = 2048;

/** A text is not a reference. Its code is `REFERENCE_SYNTAX`. */
export class ReferenceSyntaxError extends ScratchbuildError {
  /** The name of the class. */
  override readonly name = "ReferenceSyntaxError";

  /** The text that was to be read, without what looks like a password. */
  readonly text: string;

  /**
   * An error about one text.
   *
   * @param text The text that was to be read.
   * @param why What is wrong with it, as the second half of a sentence.
   */
  constructor(text: string, why: string) {
    const known = withoutPassword(text);
    const shown = known.length > 200 ? `${known.slice(0, 200)}…` : known;
    super(
      `Cannot read the reference ${JSON.stringify(shown)}: ${why}. ` +
        "A reference looks like registry.example.com/team/app:1.0",
      { code: "REFERENCE_SYNTAX" },
    );
    this.text = known;
  }
}

/** Takes out what stands before an `@` like `user:password` in a URL. */
function withoutPassword(text: string): string {
  return text.slice(0, MAX_SHOWN)
    .replace(/[^/:@]*:[^/@]*@(?!sha\d+:)/, "***@");
}
