import assert from "node:assert/strict";
import { Ajv, type ValidateFunction } from "ajv";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { corpora, readCorpus } from "./corpora.ts";

/** A document of an image that the OCI specification has a JSON schema for. */
export type DocumentKind =
  | "config"
  | "descriptor"
  | "index"
  | "layout"
  | "manifest";

const FILES: Readonly<Record<DocumentKind, string>> = {
  config: "config-schema.json",
  descriptor: "content-descriptor.json",
  index: "image-index-schema.json",
  layout: "image-layout-schema.json",
  manifest: "image-manifest-schema.json",
};

/** Docker's documents have the same members, and other media types. */
const KINDS: ReadonlyMap<string, DocumentKind> = new Map(
  Object.values(mediaTypes).flatMap(({ manifest, index, config }) =>
    [[manifest, "manifest"], [index, "index"], [config, "config"]] as const
  ),
);

const validators = new Map<DocumentKind, ValidateFunction>();

/** What a media type says that a document is, where there is a schema for it. */
export function documentKind(mediaType: string): DocumentKind | undefined {
  return KINDS.get(mediaType);
}

/**
 * What the OCI specification's JSON schemas find wrong with a document. Nothing
 * where there are no corpora, which hold the schemas.
 */
export function misfit(
  kind: DocumentKind,
  bytes: Uint8Array,
): string | undefined {
  if (corpora === undefined) return undefined;
  const validate = validators.get(kind) ?? compile(kind);
  validators.set(kind, validate);
  try {
    if (validate(parse(bytes))) return undefined;
  } catch {
    return `the ${kind} is no JSON`;
  }
  const [{ instancePath = "", message = "" } = {}] = validate.errors ?? [];
  return `the ${kind} does not fit its schema: ${instancePath} ${message}`;
}

/**
 * Asserts that a document fits the OCI specification's JSON schema. Holds where
 * there are no corpora.
 */
export function assertDocument(kind: DocumentKind, bytes: Uint8Array): void {
  const wrong = misfit(kind, bytes);
  if (wrong !== undefined) {
    assert.fail(`${wrong}: ${new TextDecoder().decode(bytes)}`);
  }
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}

function compile(kind: DocumentKind): ValidateFunction {
  const ajv = new Ajv({ strict: false });
  ajv.addFormat("date-time", isDateTime);
  ajv.addFormat("uri", (text: string) => URL.canParse(text));
  for (const name of [...Object.values(FILES), ...DEFINITIONS]) {
    ajv.addSchema(
      withoutIds(readCorpus(`oci-image-spec/schema/${name}`)),
      name,
    );
  }
  const validate = ajv.getSchema(FILES[kind]);
  assert.ok(validate);
  return validate;
}

const DEFINITIONS = ["defs-descriptor.json", "defs.json"];

/** RFC 3339, section 5.6. */
function isDateTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(
    text,
  ) &&
    !Number.isNaN(Date.parse(text));
}

/** Draft 4 spells what later drafts spell `$id`, and names files in `$ref`. */
function withoutIds(schema: object): object {
  const isName = ([key, value]: [string, unknown]) =>
    key === "$schema" || (key === "id" && typeof value === "string");
  const inner = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(inner)
      : typeof value === "object" && value !== null
      ? withoutIds(value)
      : value;
  return Object.fromEntries(
    Object.entries(schema)
      .filter((entry) => !isName(entry))
      .map(([key, value]) => [key, inner(value)]),
  );
}
