/**
 * The name that somebody meant who wrote another one: one that differs in two
 * letters at most, a short one in one, or else one that is the beginning of the
 * other, or the other way round.
 */
export function nearestName(
  name: string,
  names: readonly string[],
): string | undefined {
  if (name === "" || name.length > 40) return undefined;
  const [nearest] = names
    .map((other) => ({ other, steps: steps(name, other) }))
    .filter(({ other, steps }) => steps <= (other.length > 4 ? 2 : 1))
    .sort((a, b) => a.steps - b.steps);
  return nearest?.other ??
    names.find((other) => name.startsWith(other) || other.startsWith(name));
}

/** How many letters have to be put in, taken out or changed. */
function steps(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let at = 0; at < to.length; at++) {
      next.push(Math.min(
        (next[at] ?? 0) + 1,
        (row[at + 1] ?? 0) + 1,
        (row[at] ?? 0) + (letter === to[at] ? 0 : 1),
      ));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
