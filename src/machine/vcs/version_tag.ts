/** A number, or what stands between numbers. */
const PART = /\d+|\D+/g;

/**
 * The tag that says best which version a commit is: those that look like one
 * (`v1.2.0`, `1.2`) before others (`latest`), of these the highest; a version
 * is higher than what leads to it (`1.0.0-rc.1`).
 *
 * @param tags Tags of one commit, in any order.
 */
export function versionTag(tags: readonly string[]): string | undefined {
  const versions = tags.filter((tag) => /^v?\d/.test(tag));
  const [best] = [...(versions.length > 0 ? versions : tags)].sort((a, b) =>
    compare(b, a)
  );
  return best;
}

function compare(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [one, other] = [left[at], right[at]];
    if (one === other) continue;
    if (one === undefined) return other?.startsWith("-") ? 1 : -1;
    if (other === undefined) return one.startsWith("-") ? -1 : 1;
    return comparePart(one, other) || order(a, b);
  }
  return order(a, b);
}

function comparePart(a: string, b: string): number {
  const areNumbers = /^\d/.test(a) && /^\d/.test(b);
  return areNumbers ? Number(a) - Number(b) : order(a, b);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function parts(tag: string): string[] {
  return tag.replace(/^v(?=\d)/, "").match(PART) ?? [];
}
