/** One test in a JUnit report. */
export interface TestCase {
  /** Name of the test. */
  readonly name: string;
  /** The file that it stands in, as the runner spells it. */
  readonly file: string;
  /** How it went. */
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it was skipped, where the runner tells. */
  readonly reason?: string;
}

const attribute = /([\w:-]+)="([^"]*)"/g;
const testCase =
  /<testcase((?:\s+[\w:-]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const skipped = /<skipped((?:\s+[\w:-]+="[^"]*")*)\s*\/?>/;

/** Reads the reports that Deno, Bun and Node write. */
export function parseJunit(xml: string): TestCase[] {
  return Array.from(xml.matchAll(testCase), ([, head = "", body = ""]) => {
    const { name = "", file, classname = "" } = attributes(head);
    const skip = body.match(skipped);
    const reason = skip && attributes(skip[1] ?? "").message;
    return {
      name,
      file: file ?? classname,
      outcome: /<(failure|error)\b/.test(body)
        ? "failed"
        : skip
        ? "skipped"
        : "passed",
      ...reason && { reason },
    };
  });
}

function attributes(text: string): Record<string, string | undefined> {
  return Object.fromEntries(
    Array.from(
      text.matchAll(attribute),
      ([, key = "", value = ""]) => [key, unescape(value)],
    ),
  );
}

const entities: Record<string, string> = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  quot: '"',
};

function unescape(text: string): string {
  return text
    .replaceAll("&amp;quot;", "&quot;") // Node escapes quotes twice.
    .replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) => {
      if (hex) return String.fromCodePoint(parseInt(hex, 16));
      if (decimal) return String.fromCodePoint(parseInt(decimal, 10));
      return entities[name] ?? all;
    });
}
