import { refusal } from "../http/address.ts";
import type { Challenge } from "../http/challenge.ts";
import { isLoopback } from "../endpoint.ts";
import { RegistryError } from "../registry_error.ts";

/** By what {@linkcode tokenServer} judges. */
export interface TokenServerOptions {
  /** The registry that sent the challenge, as references name it. */
  readonly registry: string;
  /** Where the registry is. */
  readonly url: URL;
  /** Whether the registry was said to be spoken to over plain http. */
  readonly insecure: boolean;
  /** Hosts that the registry may lead to. */
  readonly allowHosts?: readonly string[];
}

/** What the registry answered that led here. */
const UNAUTHORIZED = 401;
const CONTROL = /\p{Cc}/u;

/**
 * The token server that a challenge names. Whoever speaks for the registry can
 * name any, so it is only asked where the registry may lead to it.
 *
 * @throws {RegistryError} Where it names none, or one that must not be asked.
 */
export function tokenServer(
  { parameters }: Challenge,
  { registry, url, insecure, allowHosts }: TokenServerOptions,
): URL {
  const { realm, service } = parameters;
  const refuse = (why: string) =>
    new RegistryError(
      `Cannot log in to ${registry}: ${why}. Check the name of the registry`,
      { status: UNAUTHORIZED },
    );
  if (realm === undefined || !URL.canParse(realm)) {
    throw refuse("it names no token server");
  }
  const server = new URL(realm);
  const why = refusal(url, server, { allowHosts });
  if (why !== undefined) {
    throw refuse(`its token server is refused, as ${why}`);
  }
  if (server.protocol === "http:" && !insecure && !isLoopback(server)) {
    throw refuse(`its token server ${server.host} is spoken to by plain http`);
  }
  if (CONTROL.test(`${realm}${service ?? ""}`)) {
    throw refuse("its challenge holds control characters");
  }
  server.hash = "";
  return server;
}
