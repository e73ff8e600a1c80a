import type { Credential } from "../../registry/auth/credentials.ts";
import { type AuthFile, parseAuthDocument, toAuthFile } from "./auth_file.ts";
import type { DockerCredentialsOptions } from "./credential_options.ts";
import { variablePlaces } from "./environment_credential.ts";
import { environmentOf, type FilePlace, filePlaces } from "./places.ts";
import { readAuthFile } from "./read_auth_file.ts";

/** A place that a credential may be in. */
export interface PlaceToSearch {
  /** The place for people. */
  readonly shown: string;
  /** Reads it; `undefined` where there is no such place. */
  readonly open: () => OpenPlace | undefined;
}

/** What is in a place: a file, or a variable's credential. */
export type OpenPlace = AuthFile | {
  readonly credential: Credential;
  readonly source: string;
};

/** The variable that holds the text of a `config.json`: runners of GitLab. */
const CONFIG_VARIABLE = "DOCKER_AUTH_CONFIG";

/**
 * The places that may have a credential for a registry, in the order in which
 * they are searched.
 *
 * @param registry As `registryName` has it.
 */
export function placesToSearch(
  registry: string,
  options: DockerCredentialsOptions,
): PlaceToSearch[] {
  const env = environmentOf(options);
  const files = filePlaces(options);
  const place = (file: FilePlace): PlaceToSearch => ({
    shown: file.shown,
    open: () => openFile(file, options),
  });
  return [
    ...files.filter(({ kind }) => kind !== "docker").map(place),
    ...(env[CONFIG_VARIABLE]
      ? [{ shown: CONFIG_VARIABLE, open: () => openVariable(options) }]
      : []),
    ...files.filter(({ kind }) => kind === "docker").map(place),
    ...variablePlaces(registry, env).map(({ shown, credential }) => ({
      shown,
      open: () => credential && { credential, source: shown },
    })),
  ];
}

/**
 * Reads a file of credentials and takes it apart.
 *
 * @returns `undefined` where it does not exist.
 * @throws {ScratchbuildError} Code `CREDENTIALS`.
 */
export function openFile(
  { path, shown, kind }: FilePlace,
  options: DockerCredentialsOptions,
): AuthFile | undefined {
  const file = readAuthFile(path, shown);
  if (file) return parse(file.text, shown, file.isPublic);
  if (kind === "named") {
    options.onWarning?.(
      `REGISTRY_AUTH_FILE names ${shown}, which does not exist`,
    );
  }
  return undefined;
}

/**
 * Takes apart what `DOCKER_AUTH_CONFIG` holds.
 *
 * @returns `undefined` where it is not set.
 * @throws {ScratchbuildError} Code `CREDENTIALS`.
 */
export function openVariable(
  options: DockerCredentialsOptions,
): AuthFile | undefined {
  const text = environmentOf(options)[CONFIG_VARIABLE];
  return text ? parse(text, CONFIG_VARIABLE) : undefined;
}

function parse(text: string, shown: string, isPublic?: boolean): AuthFile {
  return toAuthFile(parseAuthDocument(text, shown), shown, isPublic);
}
