import {
  type FakeRegistry,
  fakeRegistry,
  type FakeRegistryOptions,
  serve,
} from "../support/fake_registry.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** A fake registry at an address. */
export interface Served {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** What it holds and was asked. */
  readonly registry: FakeRegistry;
}

/** Lends a directory and registries that hold nothing yet. */
export function withServed(
  use: (root: string, ...served: Served[]) => Promise<void>,
  ...options: FakeRegistryOptions[]
): Promise<void> {
  const registries = (options.length > 0 ? options : [{}]).map(fakeRegistry);
  return withTempDir(async (root) => {
    const servers = await Promise.all(registries.map(serve));
    try {
      await use(
        root,
        ...servers.map(({ host }, position): Served => ({
          host,
          registry: registries[position] ?? fakeRegistry(),
        })),
      );
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
  });
}
