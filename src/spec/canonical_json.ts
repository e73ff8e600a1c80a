import { ScratchbuildError } from "./error.ts";

const encoder = new TextEncoder();

/**
 * Writes a value as canonical JSON: members sorted by their names, no spaces,
 * UTF-8. Equal documents have equal bytes and so one digest. Members whose
 * value is `undefined` are left out, as `JSON.stringify` does.
 *
 * @throws {ScratchbuildError} Code `JSON` where the value has no canonical form:
 * numbers that are not finite, lone surrogates, functions, symbols, bigints,
 * `undefined` in an array, objects that are not plain, or a cycle.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8785} for the form
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/considerations.md#canonicalization} for the reason
 */
export function canonicalJson(value: unknown): Uint8Array<ArrayBuffer> {
  return encoder.encode(write(value, []));
}

function write(value: unknown, ancestors: readonly object[]): string {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw refuse("a text with a lone surrogate");
      return JSON.stringify(value);
    case "number":
      if (!Number.isFinite(value)) throw refuse(`the number ${value}`);
      return JSON.stringify(value);
    case "boolean":
      return String(value);
    case "object": {
      if (value === null) return "null";
      if (ancestors.includes(value)) throw refuse("a value that holds itself");
      const path = [...ancestors, value];
      if (Array.isArray(value)) {
        return `[${Array.from(value, (item) => write(item, path)).join(",")}]`;
      }
      const prototype = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) {
        throw refuse(`a ${prototype.constructor?.name ?? "special"} object`);
      }
      // The default order of sort() is that of RFC 8785: UTF-16 code units.
      const members = Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([name, member]) => `${write(name, path)}:${write(member, path)}`);
      return `{${members.join(",")}}`;
    }
    default:
      throw refuse(`a value of type ${typeof value}`);
  }
}

function refuse(what: string): ScratchbuildError {
  return new ScratchbuildError(
    `Cannot write canonical JSON: ${what} has no place in it`,
    { code: "JSON" },
  );
}
