/** What takes no column of its own: marks on the letter before, joiners. */
const ZERO = /^[\p{M}\p{Cf}]$/u;

/** What takes two columns: East Asian letters and signs, and emoji. */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u;

/** How many columns of a terminal a text without control characters takes. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** A text in exactly so many columns: cut, or filled up with spaces. */
export function fit(text: string, columns: number): string {
  const width = textWidth(text);
  if (width <= columns) return text + " ".repeat(columns - width);
  const mark = "...".slice(0, columns);
  let cut = "";
  let used = 0;
  for (const char of text) {
    const next = used + charWidth(char);
    if (next > columns - mark.length) break;
    cut += char;
    used = next;
  }
  return cut + mark + " ".repeat(columns - used - mark.length);
}

function charWidth(char: string): number {
  if (ZERO.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}
