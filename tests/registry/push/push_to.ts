import type { Publishable } from "../../../src/image/publishable.ts";
import {
  Registry,
  type RegistryOptions,
} from "../../../src/registry/registry.ts";
import type { WriteOptions } from "../../../src/target/image_target.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import type { FakeRegistry } from "../../support/fake_registry.ts";
import { someBytes } from "../sample_image.ts";

/** The repository that the tests push to. */
export const NAME = "registry.test/team/app";

/** A mebibyte. */
export const MIB: number = 1024 * 1024;

/** Pushes an image, one blob after the other, in no time at all. */
export async function pushTo(
  fake: Pick<FakeRegistry, "fetch">,
  image: Publishable,
  options: RegistryOptions & WriteOptions & { readonly to?: string } = {},
): Promise<void> {
  const { to = `${NAME}:1`, signal, onProgress, foreignLayers, ...rest } =
    options;
  const target = new Registry(to, {
    fetch: fake.fetch,
    clock: fakeClock(),
    random: () => 0.5,
    concurrency: 1,
    ...rest,
  });
  await target.write(image, { signal, onProgress, foreignLayers });
}

/** A blob's worth of bytes, by repeating some: making each takes long. */
export function manyBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  const some = someBytes(Math.min(length, 65_521), seed);
  for (let at = 0; at < length; at += some.length) {
    bytes.set(some.subarray(0, length - at), at);
    // No two stretches are the same, so that none can stand for another.
    bytes[at] = (at / some.length) & 255;
  }
  return bytes;
}

/** The lines of requests that carry bytes of a blob, with their ranges. */
export function bodyLines(fake: FakeRegistry): string[] {
  return fake.requests
    .filter(({ line }) => /^(PATCH|PUT) .*uploads/.test(line))
    .map(({ method, headers }) =>
      `${method} ${headers.get("content-range") ?? ""}`.trim()
    );
}
