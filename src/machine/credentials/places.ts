import { homedir } from "node:os";
import { join, resolve, sep } from "node:path";
import process from "node:process";
import { printable } from "../../spec/printable.ts";
import type { DockerCredentialsOptions } from "./credential_options.ts";

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A file that may hold credentials. */
export interface FilePlace {
  /** Where it is. */
  readonly path: string;
  /** The same for people, with `~` for the home directory. */
  readonly shown: string;
  /** Whose it is. */
  readonly kind: "named" | "podman" | "docker";
}

/** The environment variables, `process.env` where the options have none. */
export function environmentOf(options: DockerCredentialsOptions): Environment {
  return options.env ?? process.env;
}

/**
 * The files that may hold credentials, in the order in which they are read: the
 * one that `REGISTRY_AUTH_FILE` names, podman's, Docker's.
 *
 * @see {@link https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md}
 * @see {@link https://docs.docker.com/reference/cli/docker/login/}
 */
export function filePlaces(options: DockerCredentialsOptions): FilePlace[] {
  const env = environmentOf(options);
  const home = homeOf(options, env);
  const cwd = options.cwd ?? process.cwd();
  const podman = (directory: string) =>
    join(directory, "containers", "auth.json");
  const runtime = env.XDG_RUNTIME_DIR || undefined;
  const uid = process.platform === "linux" ? process.getuid?.() : undefined;
  const paths: [kind: FilePlace["kind"], path: string | undefined][] = [
    ["named", env.REGISTRY_AUTH_FILE || undefined],
    [
      "podman",
      runtime !== undefined
        ? podman(runtime)
        : uid === undefined
        ? undefined
        : `/run/containers/${uid}/auth.json`,
    ],
    ["podman", podman(env.XDG_CONFIG_HOME || join(home, ".config"))],
    ["docker", join(env.DOCKER_CONFIG || join(home, ".docker"), "config.json")],
  ];
  const places = new Map<string, FilePlace>();
  for (const [kind, name] of paths) {
    if (name === undefined) continue;
    const path = resolve(cwd, name);
    if (places.has(path)) continue;
    places.set(path, { kind, path, shown: printable(withTilde(path, home)) });
  }
  return [...places.values()];
}

function homeOf(options: DockerCredentialsOptions, env: Environment): string {
  const variable = process.platform === "win32" ? "USERPROFILE" : "HOME";
  return resolve(options.home ?? (env[variable] || systemHome()));
}

function systemHome(): string {
  try {
    return homedir();
  } catch {
    // Containers run as users that the system does not know.
    return "/";
  }
}

function withTilde(path: string, home: string): string {
  const inHome = path.startsWith(home + sep);
  return inHome ? `~${path.slice(home.length)}` : path;
}
