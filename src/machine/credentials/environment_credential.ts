import type { Credential } from "../../registry/auth/credentials.ts";
import type { Environment } from "./places.ts";
import { registryName } from "./registry_keys.ts";

/** A variable that holds a credential for one registry. */
export interface VariablePlace {
  /** Its name. */
  readonly shown: string;
  /** What it comes to; absent where it is not set. */
  readonly credential?: Credential;
}

/** GitHub looks at the token alone, but for the name not to be empty. */
const GITHUB_USER = "x-access-token";
const GITLAB_JOB_USER = "gitlab-ci-token";

/**
 * The variables in which a CI system hands out the credential for its own
 * registry, and for no other one.
 *
 * @param registry As `registryName` has it.
 * @see {@link https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry}
 * @see {@link https://docs.gitlab.com/ci/variables/predefined_variables/}
 */
export function variablePlaces(
  registry: string,
  env: Environment,
): VariablePlace[] {
  if (registry === "ghcr.io") {
    const username = env.GITHUB_ACTOR || GITHUB_USER;
    return [place("GITHUB_TOKEN", username, env.GITHUB_TOKEN)];
  }
  if (!env.CI_REGISTRY || !isNamed(env.CI_REGISTRY, registry)) return [];
  const { CI_REGISTRY_USER: username, CI_REGISTRY_PASSWORD: password } = env;
  return [
    place("CI_REGISTRY_PASSWORD", username, password),
    place("CI_JOB_TOKEN", GITLAB_JOB_USER, env.CI_JOB_TOKEN),
  ];
}

function place(
  shown: string,
  username: string | undefined,
  password: string | undefined,
): VariablePlace {
  return username && password
    ? { shown, credential: { username, password } }
    : { shown };
}

function isNamed(text: string, registry: string): boolean {
  try {
    return registryName(text) === registry;
  } catch {
    // Some registry that we could not speak to either.
    return false;
  }
}
