import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PathKind } from "../machine/create_layer_from_path.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import type { SecretFinding } from "../tree/secrets/secret_finding.ts";
import type { LayerFlags } from "./flags/layer_flags.ts";

/** How many of the things found are named. */
const MOST = 10;

/** Where something was found that looks like a secret. */
export interface SearchedSource {
  /** What was searched, on this computer. */
  readonly path: string;
  /** What it is. */
  readonly kind: PathKind;
}

/**
 * Tells of what looks like a secret in a source.
 *
 * @param warn Shows a warning.
 * @throws {ScratchbuildError} Code `SECRETS` with `--secrets error`.
 */
export function reportSecrets(
  findings: readonly SecretFinding[],
  source: SearchedSource,
  flags: LayerFlags,
  warn: (text: string) => void,
): void {
  const found = `what should not be in an image: ${listed(findings)}; ` +
    nextStep(source, flags, findings.length > 1 ? "them" : "it");
  const path = printable(source.path);
  if (flags.secrets === "error") {
    throw new ScratchbuildError(`Cannot pack ${path}: it holds ${found}`, {
      code: "SECRETS",
    });
  }
  warn(`${path} holds ${found}`);
}

function listed(findings: readonly SecretFinding[]): string {
  const texts = findings.slice(0, MOST).map(({ path, what }) =>
    `${printable(path)} (${what})`
  );
  const rest = findings.length - texts.length;
  return texts.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function nextStep(
  { path, kind }: SearchedSource,
  flags: LayerFlags,
  them: string,
): string {
  const allow = `or allow ${them} with --allow-secret PATTERN`;
  if (kind === "file") return `leave ${them} out of the command, ${allow}`;
  if (kind === "tar") return `leave ${them} out of the tar, ${allow}`;
  const file = flags["ignore-file"] ?? ignoreFileOf(path);
  const without = flags["no-ignore"] ? " and leave --no-ignore out" : "";
  return `name ${them} in ${printable(file)}${without}, ${allow}`;
}

/** The file that is read where no flag names one. */
function ignoreFileOf(path: string): string {
  const own = join(path, ".scratchbuildignore");
  return existsSync(own) ? own : join(path, ".dockerignore");
}
