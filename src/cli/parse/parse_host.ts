import { quoted, usageError, withoutUser } from "./usage_error.ts";

const LABEL = "[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?";
const HOST = new RegExp(
  `^(?:${LABEL}(?:\\.${LABEL})*\\.?|\\[[a-f0-9:.]+\\])(?::\\d{1,5})?$`,
  "i",
);

/**
 * Parses `--allow-host`: a host as it stands in a URL, with its port where the
 * other ports are not meant.
 */
export function parseHost(text: string): string {
  if (text.length <= 260 && HOST.test(text) && URL.canParse(`http://${text}`)) {
    return text;
  }
  throw usageError(
    `Cannot use --allow-host ${
      quoted(withoutUser(text))
    }: write a host as in ` +
      "auth.corp.example, 10.0.0.5:5001 or [fd00::5]:5001, without a scheme " +
      "and a path",
  );
}
