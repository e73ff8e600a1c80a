import { ScratchbuildError } from "../../spec/error.ts";

/** The command was called wrongly. The code is `USAGE`. */
export function usageError(message: string): ScratchbuildError {
  return new ScratchbuildError(message, { code: "USAGE" });
}

/** A value as it is shown in a message: in quotes, on one line, not too long. */
export function quoted(text: string): string {
  const shown = text.length > 100 ? `${text.slice(0, 100)}...` : text;
  return JSON.stringify(shown.toWellFormed());
}

/** Values of which one is wanted: `a, b or c`. */
export function listed(values: readonly string[]): string {
  return values.length < 2
    ? values.join()
    : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

/** A host or a URL without the user name and the password before the host. */
export function withoutUser(text: string): string {
  return text.replace(/^((?:[a-z]+:\/\/)?).*@/is, "$1");
}
