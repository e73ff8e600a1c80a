import { createHash, randomUUID } from "node:crypto";
import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import type {
  UploadJournal,
  UploadKey,
  UploadRecord,
} from "../registry/push/upload_journal.ts";
import { cacheDirectory } from "./cache_directory.ts";

/** Milliseconds after which registries have forgotten an upload. */
const LIFETIME = 24 * 60 * 60 * 1000;

const OWN_NAME = /^[0-9a-f]{64}\.json/;

/** More bytes than a record ever has. */
const MOST_BYTES = 64 * 1024;

/**
 * An {@linkcode UploadJournal} on the disk, one small file for each upload,
 * which its owner alone can read: it may hold a signed URL. What is a day old is
 * removed.
 *
 * @param directory Where the files are, or what tells that when it is needed;
 * it is made then. Where there can be none, nothing is remembered.
 * @default `uploads` in the {@linkcode cacheDirectory}
 *
 * @example
 * ```ts
 * import { fileUploadJournal, Registry } from "@x/scratchbuild";
 *
 * const registry = new Registry("localhost:5000/me/app:1.0", {
 *   journal: fileUploadJournal(),
 * });
 * console.log(registry.name); // localhost:5000/me/app
 * ```
 */
export function fileUploadJournal(
  directory: string | (() => string) = () => join(cacheDirectory(), "uploads"),
): UploadJournal {
  let swept: Promise<string> | undefined;
  const open = () => swept ??= sweep(directory);
  return {
    load: (key) =>
      unlessItFails(async () => {
        const path = pathOf(await open(), key);
        const { size } = await stat(path);
        if (size > MOST_BYTES) return undefined;
        return parseRecord(await readFile(path, "utf8"), key);
      }),
    save: (key, record) =>
      unlessItFails(async () => {
        const place = await open();
        await mkdir(place, { recursive: true, mode: 0o700 });
        await replace(
          pathOf(place, key),
          JSON.stringify({ ...key, ...record }),
        );
      }),
    remove: (key) =>
      unlessItFails(async () => await rm(pathOf(await open(), key))),
  };
}

/** Removes what is too old, and gives the directory. */
async function sweep(directory: string | (() => string)): Promise<string> {
  const place = typeof directory === "string" ? directory : directory();
  const names = await unlessItFails(() => readdir(place)) ?? [];
  for (const name of names.filter((name) => OWN_NAME.test(name))) {
    await unlessItFails(async () => {
      const path = join(place, name);
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > LIFETIME) await rm(path);
    });
  }
  return place;
}

/** Writes a file such that it is there whole or not at all. */
async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function pathOf(directory: string, { repository, digest }: UploadKey): string {
  const name = createHash("sha256").update(`${repository}@${digest}`);
  return join(directory, `${name.digest("hex")}.json`);
}

function parseRecord(text: string, key: UploadKey): UploadRecord | undefined {
  const record = JSON.parse(text) as Partial<UploadKey & UploadRecord> | null;
  const { repository, digest, location, offset } = record ?? {};
  return repository === key.repository && digest === key.digest &&
      typeof location === "string" &&
      typeof offset === "number" && Number.isSafeInteger(offset) && offset >= 0
    ? { location, offset }
    : undefined;
}

/** Remembering is worth no failure: the upload can do without. */
async function unlessItFails<T>(
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
