import { mediaTypes } from "../../../src/spec/media_types.ts";
import {
  type FakeRegistry,
  fakeRegistry,
  type Quirks,
} from "../fake_registry.ts";
import { type Ask, asker, type AskOptions } from "./ask.ts";
import { digestBy } from "./digests.ts";

const { oci } = mediaTypes;
/** Headers of a part of a blob. */
export const octets = { "content-type": "application/octet-stream" };
/** The bytes of a text. */
export const bytes = (text: string): Uint8Array =>
  new TextEncoder().encode(text);
/** Begins an upload. */
export const POST = "POST /v2/a/blobs/uploads/";
/** A blob. */
export const ten: Uint8Array = bytes("0123456789");
/** Its digest. */
export const digest: string = digestBy("sha256", ten);
/** How a quirk can refuse something. */
export const refusal = { status: 418, code: "TEAPOT", message: "no" };

/** A registry with quirks, and how it is asked. */
export function open(quirks: Quirks): { ask: Ask; registry: FakeRegistry } {
  const registry = fakeRegistry({ quirks });
  return { registry, ask: asker(registry.fetch) };
}

/** Begins an upload, and gives its Location. */
export async function begin(ask: Ask): Promise<string> {
  const { headers } = await ask(POST);
  return headers.get("location") ?? "";
}

/** Puts a blob whole, wherever its upload leads. */
export async function putWhole(
  ask: Ask,
  body: Uint8Array = ten,
): Promise<Response> {
  const location = await begin(ask);
  const target = `${location}&digest=${digestBy("sha256", body)}`;
  const response = await ask(`PUT ${target}`, { headers: octets, body });
  if (response.status !== 307) return response;
  const next = response.headers.get("location");
  return await ask(`PUT ${next}`, { headers: octets, body });
}

/** A part of the blob, from one byte to another. */
export function chunk(start: number, end: number): AskOptions {
  const headers = { ...octets, "content-range": `${start}-${end}` };
  return { headers, body: ten.slice(start, end + 1) };
}

/** Puts a manifest, `1`, and the blob that it names. */
export async function putManifest(
  ask: Ask,
  change: { types?: typeof oci; layer?: string; config?: string } = {},
): Promise<Response> {
  const { types = oci, config = types.config, layer = types.layer } = change;
  const part = (mediaType: string) => ({ mediaType, digest, size: 10 });
  await putWhole(ask);
  return await ask("PUT /v2/a/manifests/1", {
    headers: { "content-type": types.manifest },
    body: JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: part(config),
      layers: [part(layer)],
    }),
  });
}
