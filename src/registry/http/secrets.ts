/**
 * Characters that a secret has at least. One that is shorter protects nothing;
 * taking it out of every text would make that unreadable, and show by the gaps
 * what it is.
 */
const SHORTEST = 4;

/** What must not be shown, and takes it out of texts. */
export class Secrets {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | undefined;

  /**
   * Remembers a secret, also in the forms that it has in a URL, in a form and in
   * JSON, and, where it is padded, without its padding. What is shorter than four
   * characters is shown as it is.
   */
  add(secret: string): void {
    const forms = [
      secret,
      secret.replace(/=+$/, ""),
      encodeURIComponent(secret.toWellFormed()),
      new URLSearchParams({ "": secret }).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
    ];
    for (const form of forms) {
      if (form.length >= SHORTEST) this.#secrets.add(form);
    }
    this.#pattern = undefined;
  }

  /** The text with `[secret]` in the place of every secret. */
  redact(text: string): string {
    if (this.#secrets.size === 0) return text;
    this.#pattern ??= new RegExp(
      // One may hold another; the whole is what must go.
      [...this.#secrets].sort((a, b) => b.length - a.length)
        .map((secret) => secret.replace(/[^\w]/gu, escaped)).join("|"),
      "gu",
    );
    return text.replace(this.#pattern, "[secret]");
  }
}

/** A character as a regular expression spells it. */
function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
