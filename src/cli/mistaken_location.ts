import { statSync } from "node:fs";
import { resolve } from "node:path";
import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import { quoted } from "./parse/usage_error.ts";

/** The flags whose values are locations to read. */
const READS = /^--(?:from|add)=(.*)$/s;

/** What reads as a name on Docker Hub. */
const NAME = /^[a-z0-9][^:]*(?<!\.(?:tar|tgz|tar\.gz|tar\.zst))$/;

/** Kinds of places that other programs have. */
const FOREIGN =
  /^(?:containers-storage|dir|docker-daemon|ostree|registry|sif|tarball):/;

/** A registry alone, which reads as a name on Docker Hub with a number for a tag. */
const HOST = /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+):\d+$/i;

/**
 * What an argument was probably meant to be, where Docker Hub has no such
 * image: a file or a directory that lies here, or a registry.
 *
 * @param error What the command failed with.
 * @param inputs The command and its arguments, in the form for stricli.
 * @param directory Where paths begin.
 * @returns A sentence without its full stop; nothing where there is nothing to
 * say.
 */
export function mistakenLocation(
  error: unknown,
  inputs: readonly string[],
  directory = ".",
): string | undefined {
  if (!(error instanceof ScratchbuildError)) return undefined;
  if (error.code !== "REGISTRY" && error.code !== "NETWORK") return undefined;
  const [command = "", ...rest] = inputs;
  const args = rest.filter((text) => !text.startsWith("-"));
  const host = args.find(isHost);
  if (host !== undefined) {
    return `${quoted(host)} names no repository, which stands behind it: ` +
      `${printable(host)}/NAME`;
  }
  const foreign = args.find((text) => FOREIGN.test(text));
  if (foreign !== undefined) {
    return `${quoted(foreign)} reads as a name on Docker Hub; other places ` +
      "are oci:DIR, oci-archive:FILE, docker-archive:FILE and FILE.tar";
  }
  const read = rest.flatMap((text) => READS.exec(text)?.[1] ?? []);
  for (const text of [...read, ...locations(command, args)]) {
    const kind = NAME.test(text) ? kindOf(resolve(directory, text)) : undefined;
    if (kind === undefined) continue;
    const shown = printable(text);
    return kind === "directory"
      ? `Here ${quoted(text)} is a directory; a layout is written oci:${shown}`
      : `Here ${quoted(text)} is a file; an archive is written ` +
        `oci-archive:${shown} or docker-archive:${shown}`;
  }
  return undefined;
}

/** Whether a text was probably meant as the host and the port of a registry. */
export function isHost(text: string): boolean {
  return HOST.test(text);
}

/** The arguments that are locations. */
function locations(command: string, args: readonly string[]): string[] {
  switch (command) {
    case "push":
    case "build":
      return [];
    case "ls":
    case "cat":
      return args.slice(0, 1);
    default:
      return [...args];
  }
}

function kindOf(path: string): "directory" | "file" | undefined {
  try {
    return statSync(path).isDirectory() ? "directory" : "file";
  } catch {
    return undefined;
  }
}
