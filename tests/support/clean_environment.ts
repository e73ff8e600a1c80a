import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { runtime } from "./runtime.ts";

/** Nothing is there, and nobody can put anything there. */
export const NOWHERE = "/dev/null/nowhere";

/** A home directory that is not there. Deno wants one that could be. */
export const NO_HOME: string = runtime === "deno"
  ? "/nonexistent/home"
  : NOWHERE;

/**
 * Keeps the developer's own credentials, caches and settings from a command
 * that a test runs: `undefined` takes a variable away.
 */
export const cleanEnvironment: Readonly<Record<string, string | undefined>> = {
  SOURCE_DATE_EPOCH: undefined,
  SCRATCHBUILD_USERNAME: undefined,
  SCRATCHBUILD_PASSWORD: undefined,
  SCRATCHBUILD_TOKEN: undefined,
  SCRATCHBUILD_CACHE_DIR: NOWHERE,
  HOME: NO_HOME,
  XDG_RUNTIME_DIR: NOWHERE,
  XDG_CONFIG_HOME: undefined,
  XDG_CACHE_HOME: undefined,
  REGISTRY_AUTH_FILE: undefined,
  DOCKER_CONFIG: undefined,
  DOCKER_AUTH_CONFIG: undefined,
  GITHUB_TOKEN: undefined,
  GITHUB_ACTOR: undefined,
  CI_REGISTRY: undefined,
  CI_REGISTRY_USER: undefined,
  CI_REGISTRY_PASSWORD: undefined,
  CI_JOB_TOKEN: undefined,
  HTTPS_PROXY: undefined,
  https_proxy: undefined,
  HTTP_PROXY: undefined,
  http_proxy: undefined,
  ALL_PROXY: undefined,
  all_proxy: undefined,
  SSL_CERT_FILE: undefined,
  // Without a home directory Deno would have to look for it elsewhere.
  DENO_DIR: process.env.DENO_DIR ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "deno"),
};
