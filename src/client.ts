import { createLayerFromTar } from "./machine/create_layer.ts";
import { Registry } from "./machine/registry.ts";
import { createImage } from "./image/create_image.ts";
import type { Credential } from "./registry/auth/credentials.ts";
import { ScratchbuildError } from "./spec/error.ts";
import type { ImageConfig } from "./spec/image.ts";
import { push, type PushResult } from "./transfer/push.ts";

/** Options of {@linkcode Client}: those of the Go package. */
export interface ClientOptions {
  /**
   * Directory with the content of the image. The client does not read it; it is
   * here for the caller of `tarDirectory`.
   *
   * @default {"./"}
   */
  readonly dir?: string;
  /** Name of the repository in the registry, `me/app`. */
  readonly name: string;
  /** URL of the registry, `https://eu.gcr.io`. */
  readonly baseUrl: string;
  /** User name, where the registry wants one. */
  readonly user?: string;
  /** Password of the user. */
  readonly password?: string;
  /** Bearer token for the registry, in place of user and password. */
  readonly token?: string;
  /**
   * Tags of the image.
   *
   * @default {["latest"]}
   */
  readonly tags?: readonly string[];
}

/**
 * Builds an image of one layer and pushes it: the `Client` of the Go package,
 * as a front over `createLayerFromTar`, `createImage` and `push`, which can do
 * more.
 *
 * @see {@link https://pkg.go.dev/github.com/philpearl/scratchbuild}
 *
 * @example
 * ```ts no-eval
 * import { Client, tarDirectory } from "@x/scratchbuild";
 *
 * const client = new Client({
 *   name: "philpearl/test",
 *   baseUrl: "https://index.docker.io",
 *   user: "philpearl",
 *   password: "sekret",
 * });
 * await client.auth();
 * await client.buildImage({ Entrypoint: ["/app"] }, tarDirectory("./testdata"));
 * ```
 */
export class Client {
  /** The options, as they were given. */
  readonly options: ClientOptions;
  /**
   * Bearer token that is sent to the registry; empty for none. Where the
   * options have a user, the token is asked for anew as often as needed.
   */
  token: string;

  /**
   * A client for one repository.
   *
   * @param options Where the image goes and who sends it.
   */
  constructor(options: ClientOptions) {
    this.options = options;
    this.token = options.token ?? "";
  }

  /**
   * Gets a bearer token for user and password and keeps it in
   * {@linkcode Client.token}. Calling it first is not needed; it shows early
   * whether the registry takes the credential.
   *
   * @returns The token, or "" where the registry wants none.
   * @throws {RegistryError} Where the registry refuses.
   * @throws {ScratchbuildError} Where it cannot be reached.
   */
  async auth(): Promise<string> {
    this.token = await this.#registry().authenticate();
    return this.token;
  }

  /**
   * Makes an image of one layer, in the Docker format as the Go package does,
   * and pushes it under every tag.
   *
   * @param config How a container of the image is run.
   * @param layer The layer as a tar that is not compressed.
   * @returns The digest, and where the image is.
   * @throws {ScratchbuildError} When the image could not be made or pushed.
   */
  async buildImage(
    config: ImageConfig,
    layer: Uint8Array | ReadableStream<Uint8Array>,
  ): Promise<PushResult> {
    const packed = await createLayerFromTar(layer);
    try {
      const image = await createImage({
        layers: [packed],
        config,
        format: "docker",
      });
      return await push(image, this.#registry());
    } finally {
      await packed[Symbol.asyncDispose]();
    }
  }

  #registry(): Registry {
    const { baseUrl, name, tags = ["latest"] } = this.options;
    const { host, protocol } = parseBaseUrl(baseUrl);
    return new Registry(`${host}/${name}`, {
      tags,
      credentials: () => this.#credential(),
      insecure: protocol === "http:",
    });
  }

  #credential(): Credential | undefined {
    const { user, password = "", token = "" } = this.options;
    // A password can get a new token when the one from auth() has expired.
    if (user !== undefined && token === "") {
      return { username: user, password };
    }
    return this.token === "" ? undefined : { token: this.token };
  }
}

/** Host and scheme of the registry; the host can begin a reference. */
function parseBaseUrl(text: string): { host: string; protocol: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    !url || !/^https?:$/.test(url.protocol) || url.pathname !== "/" ||
    url.search || url.username
  ) {
    throw new ScratchbuildError(
      "Cannot use the base URL: write the scheme and the host of the registry " +
        "and nothing else, as in https://index.docker.io",
      { code: "USAGE" },
    );
  }
  const { protocol, host, hostname, port } = url;
  // A host without a dot begins a reference only when it has a port.
  const implied = protocol === "http:" ? 80 : 443;
  const isPlain = port === "" && !/[.:]/.test(hostname);
  return { host: isPlain ? `${host}:${implied}` : host, protocol };
}
