import { gzip } from "libdeflate";
import { packTar } from "modern-tar";

/** The time that npm itself gives to every file of a package. */
const mtime = new Date("1985-10-26T08:15:00Z");

/**
 * Packs files as npm wants them. Equal files give equal bytes.
 *
 * @param files Content by path.
 * @param executables The paths that can be executed.
 */
export async function npmTarball(
  files: ReadonlyMap<string, Uint8Array>,
  executables: readonly string[],
): Promise<Uint8Array> {
  const paths = [...files.keys()].sort();
  const tar = await packTar(paths.map((path) => {
    const body = files.get(path) ?? new Uint8Array();
    const mode = executables.includes(path) ? 0o755 : 0o644;
    return {
      header: { name: `package/${path}`, size: body.length, mode, mtime },
      body,
    };
  }));
  return gzip(tar, 9);
}
