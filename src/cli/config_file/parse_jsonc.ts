import type { ParseError } from "jsonc-parser";
import { parseJson, type Refuse } from "../../spec/parse_json.ts";

/**
 * Reads JSON as people write it, with comments and with commas behind the last
 * item. What `parseJson` refuses is refused here too.
 *
 * @throws What `refuse` makes, with the line where there is one.
 */
export async function parseJsonc(
  bytes: Uint8Array,
  refuse: Refuse,
): Promise<unknown> {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  // Bytes that are not UTF-8 are left to what refuses them.
  if (text.includes("\ufffd")) return parseJson(bytes, { refuse });
  // Not every run of the command reads such a file.
  const { parse, printParseErrorCode, stripComments } = await import(
    "jsonc-parser"
  );
  const json = withoutLastCommas(stripComments(text, " "));
  const located: Refuse = (why) => {
    if (why !== "it is not JSON") return refuse(why);
    const errors: ParseError[] = [];
    // What it takes out for comments is not as long as they are.
    parse(text, errors, { allowTrailingComma: true });
    const [first] = errors;
    if (!first) return refuse(why);
    const line = text.slice(0, first.offset).split("\n").length;
    return refuse(
      `${why}: ${printParseErrorCode(first.error)} in line ${line}`,
    );
  };
  return parseJson(new TextEncoder().encode(json), { refuse: located });
}

/** The same text with a blank for each comma that only a bracket follows. */
function withoutLastCommas(text: string): string {
  let result = "";
  let taken = 0;
  /** The two last characters that mean something. */
  let before = "";
  let last = "";
  let lastAt = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (/\s/.test(char)) continue;
    if (/[}\]]/.test(char) && last === "," && !"[{,:".includes(before)) {
      result += `${text.slice(taken, lastAt)} `;
      taken = lastAt + 1;
    }
    [before, last, lastAt] = [last, char, at];
    if (char !== '"') continue;
    while (++at < text.length && text[at] !== '"') if (text[at] === "\\") at++;
  }
  return result + text.slice(taken);
}
