import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { CliContext } from "../../src/cli/context.ts";
import type { ImageFlags } from "../../src/cli/flags/image_flags.ts";
import type { ImageSettings } from "../../src/cli/image_options.ts";
import { withCheckout } from "../../src/cli/with_checkout.ts";
import {
  type GitRepository,
  gitRepository,
} from "../support/git_repository.ts";
import { skipWithout } from "../support/peers.ts";
import { withTempDir } from "../support/temp_dir.ts";

const skip = skipWithout("git");
const PREFIX = "org.opencontainers.image";

/** Asks about the first source that is a directory: `dist` of a repository. */
async function read(
  { root, env }: GitRepository,
  image: ImageSettings,
  { flags = {}, more = {} }: {
    flags?: ImageFlags;
    more?: Record<string, string>;
  } = {},
): Promise<ImageSettings> {
  const sources = ["a.tar", "dist"].map((name) => ({ path: join(root, name) }));
  const context = {
    process: { env: { ...env, ...more } },
    signal: new AbortController().signal,
  } as unknown as CliContext;
  return await withCheckout(image, {
    flags: { vcs: true, ...flags },
    sources,
  }, context);
}

const withRepository = (
  use: (repository: GitRepository, revision: string) => Promise<void>,
) =>
  withTempDir(async (root) => {
    const repository = await gitRepository(root);
    await mkdir(join(root, "dist"));
    await writeFile(join(root, "a.tar"), "");
    await use(repository, await repository.commit("file"));
  });

test("without --vcs git is not asked", async () => {
  const image = { format: "oci" } as const;
  const context = { process: { env: {} } } as unknown as CliContext;
  assert.equal(
    await withCheckout(image, { flags: {}, sources: [] }, context),
    image,
  );
});

test(
  "what git knows goes into labels, annotations and the time",
  { skip },
  () =>
    withRepository(async (repository, revision) => {
      const found = {
        [`${PREFIX}.created`]: "2026-01-31T10:00:00Z",
        [`${PREFIX}.revision`]: revision,
      };
      const image = { created: "1970-01-01T00:00:00Z" };
      const created = "2026-01-31T10:00:00Z";
      assert.deepEqual(await read(repository, { ...image, format: "oci" }), {
        format: "oci",
        created,
        config: { Labels: found },
        annotations: found,
      });
      assert.deepEqual(await read(repository, { ...image, format: "docker" }), {
        format: "docker",
        created,
        config: { Labels: found },
      });
    }),
);

test(
  "what a person wrote wins",
  { skip },
  () =>
    withRepository(async (repository, revision) => {
      const { config, annotations } = await read(repository, {
        config: {
          User: "1",
          Labels: { [`${PREFIX}.revision`]: "mine", a: "b" },
        },
        annotations: { [`${PREFIX}.created`]: "then" },
      });
      assert.deepEqual(config, {
        User: "1",
        Labels: {
          [`${PREFIX}.created`]: "2026-01-31T10:00:00Z",
          [`${PREFIX}.revision`]: "mine",
          a: "b",
        },
      });
      assert.deepEqual(annotations, {
        [`${PREFIX}.created`]: "then",
        [`${PREFIX}.revision`]: revision,
      });
    }),
);

test(
  "the time that was asked for stays",
  { skip },
  () =>
    withRepository(async (repository) => {
      const image = { created: "2000-01-01T00:00:00Z" };
      for (
        const options of [
          { flags: { created: image.created } },
          { more: { SOURCE_DATE_EPOCH: "946684800" } },
        ]
      ) {
        const { created, annotations } = await read(repository, image, options);
        assert.equal(created, image.created);
        assert.equal(annotations?.[`${PREFIX}.created`], image.created);
      }
      const empty = { more: { SOURCE_DATE_EPOCH: "" } };
      const { created } = await read(repository, image, empty);
      assert.equal(created, "2026-01-31T10:00:00Z");
    }),
);
