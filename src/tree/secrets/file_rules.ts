import { credentialRules } from "./credential_rules.ts";
import type { FileRule } from "./file_rule.ts";
import { keyRules } from "./key_rules.ts";

const RULES: readonly FileRule[] = [...credentialRules, ...keyRules];

/** Where packages lie that others have published. */
const PACKAGES = /(?:^|\/)(?:node_modules|site-packages|dist-packages)\//;

/**
 * The rules that ask for a file by its path.
 *
 * @param path In the form that layers have.
 */
export function fileRules(path: string): FileRule[] {
  const small = path.toLowerCase();
  const start = small.lastIndexOf("/") + 1;
  const name = small.slice(start);
  const parent = `/${small.slice(0, Math.max(start - 1, 0))}`;
  return RULES.filter((rule) =>
    rule.name.test(name) &&
    (rule.parent === undefined || parent.endsWith(`/${rule.parent}`)) &&
    !(rule.isPackaged && PACKAGES.test(small))
  );
}
