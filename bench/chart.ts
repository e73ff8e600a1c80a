import type { CaseResult } from "./results.ts";

/** A bar of a chart. */
interface Bar {
  readonly name: string;
  readonly seconds: number;
  readonly isOurs: boolean;
}

const WIDTH = 760;
const NAMES = 250;
const ROW = 24;
const HEAD = 44;
const PLACE = WIDTH - NAMES - 70;

/** Text is told apart in the light and in the dark. */
const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #24292f; }
.title { font-weight: 600; }
.ours { fill: #1a7f64; }
.other { fill: #8c959f; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .ours { fill: #3fb992; }
  .other { fill: #6e7681; }
}`;

/** The results of some cases as bars, the shorter the better. */
export function chart(results: readonly CaseResult[]): string {
  let top = 8;
  const panels: string[] = [];
  for (const result of results) {
    const bars = barsOf(result);
    if (bars.length === 0) continue;
    panels.push(panel(result.title, bars, top));
    top += HEAD + bars.length * ROW;
  }
  const title = "How long scratchbuild and others take";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" ` +
    `height="${top + 8}" viewBox="0 0 ${WIDTH} ${top + 8}" role="img">
<title>${title}</title>
<style>${STYLE}
</style>
${panels.join("\n")}
</svg>
`;
}

/** What is left out: variants, and what is compared within a program. */
function barsOf({ standings }: CaseResult): Bar[] {
  return standings
    .filter(({ name, failure }) =>
      failure === undefined && !/^…|pigz -1|--no-cache/.test(name)
    )
    .map(({ name, seconds }) => ({
      name,
      seconds,
      isOurs: /^(?:scratchbuild|Deno|Bun|Node)\b/.test(name),
    }));
}

function panel(title: string, bars: readonly Bar[], top: number): string {
  const most = Math.max(...bars.map(({ seconds }) => seconds));
  const lines = bars.map(({ name, seconds, isOurs }, index) => {
    const y = top + HEAD - 12 + index * ROW;
    const width = Math.max(1, seconds / most * PLACE).toFixed(1);
    const kind = isOurs ? "ours" : "other";
    return `<text x="${NAMES - 8}" y="${y + 13}" text-anchor="end">` +
      `${escaped(name)}</text>\n` +
      `<rect class="${kind}" x="${NAMES}" y="${y}" width="${width}" ` +
      `height="${ROW - 7}" rx="2"/>\n` +
      `<text x="${NAMES + Number(width) + 6}" y="${y + 13}">` +
      `${seconds.toFixed(2)} s</text>`;
  });
  const head = `<text class="title" x="8" y="${top + 18}">` +
    `${escaped(title)}</text>`;
  return [head, ...lines].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
