/**
 * For `deno test --doc --preload`: examples that are marked `no-eval` are
 * checked for types and not run, for they need what no test has, such as an
 * account at a registry.
 *
 * @module
 */

const register = Deno.test;

function registerUnlessMarked(name: string, run: () => Promise<void>): void {
  if (!isMarked(name)) register(name, run);
}

Object.assign(Deno, { test: Object.assign(registerUnlessMarked, register) });

/** Whether the block of `file:///…/mod.ts#10-21.ts` begins with the mark. */
function isMarked(name: string): boolean {
  const [, file, line] = name.match(/^(.*)#(\d+)-\d+\.\w+$/) ?? [];
  if (!file) throw new Error(`Cannot tell which example ${name} is`);
  const lines = Deno.readTextFileSync(new URL(file)).split("\n");
  return /```\w+ no-eval$/.test(lines[Number(line) - 1] ?? "");
}
