import { ScratchbuildError } from "../../spec/error.ts";

/** What a value may hold, to be the same on every runtime and every server. */
const VALUE = /^[\t\x20-\x7e]*$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Refuses headers that would end in the middle, and begin another one. The
 * runtimes would do so with an error that shows them.
 *
 * @param headers All headers of a request.
 * @param url Where it goes.
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function checkHeaders(
  headers: Readonly<Record<string, string>>,
  url: URL,
): void {
  const bad = Object.entries(headers).find(([name, value]) =>
    !NAME.test(name) || !VALUE.test(value)
  );
  if (!bad) return;
  const name = NAME.test(bad[0]) ? bad[0] : "with a strange name";
  throw new ScratchbuildError(
    `Cannot send a request to ${url.host}: the header ${name} holds a line ` +
      "end or another character that cannot stand there",
    { code: "USAGE" },
  );
}
