import { credentialRules } from "./credential_rules.ts";
import type { FileRule } from "./file_rule.ts";
import { keyRules } from "./key_rules.ts";

const RULES: readonly FileRule[] = [...credentialRules, ...keyRules];

/** Names that no rule asks for are most, and this tells them at once. */
const ASKED = new RegExp(RULES.map(({ name }) => name.source).join("|"));

/** Where packages lie that others have published. */
const PACKAGES = /(?:^|\/)(?:node_modules|site-packages|dist-packages)\//;

/**
 * The rules that ask for a file by its path.
 *
 * @param paths Each in the form that layers have: where it goes, and where it
 * comes from. One that is asked for is enough.
 */
export function fileRules(...paths: readonly string[]): FileRule[] {
  const places = paths.map((path) => path.toLowerCase());
  const asked = places.filter((place) => ASKED.test(nameOf(place)));
  if (asked.length === 0) return [];
  const isPackaged = places.some((place) => PACKAGES.test(place));
  return RULES.filter((rule) =>
    asked.some((place) => asksFor(rule, place)) &&
    !(rule.isPackaged && isPackaged)
  );
}

function asksFor({ name, parent }: FileRule, place: string): boolean {
  const file = nameOf(place);
  return name.test(file) &&
    (parent === undefined || `/${place}`.endsWith(`/${parent}/${file}`));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
