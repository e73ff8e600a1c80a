import type { Credential } from "../../registry/auth/credentials.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import { isObject } from "./auth_file.ts";
import type { DockerCredentialsOptions } from "./credential_options.ts";
import { environmentOf } from "./places.ts";
import { type HelperAnswer, type HelperCall, runHelper } from "./run_helper.ts";

const NAME = /^[A-Za-z0-9._-]+$/;
/** Anything else could end the line that a helper reads. */
const SERVER = /^[\x21-\x7e]+$/;
const DEFAULT_TIME_LIMIT = 30_000;
/** What every helper says that has nothing. It says so on standard output. */
const NOT_FOUND = "credentials not found in native keychain";
/** The user name that goes with an identity token. */
const TOKEN_USER = "<token>";

/** Why a helper was of no use. The message names it, and the next step. */
export class HelperFailure extends Error {
  /** Name of the class. */
  override readonly name: string = "HelperFailure";

  /** Whether there is no such program on this machine. */
  readonly isMissing: boolean;

  /**
   * A failure.
   *
   * @param message One line for a person.
   */
  constructor(message: string, isMissing: boolean) {
    super(message);
    this.isMissing = isMissing;
  }
}

/**
 * A credential helper, a program `docker-credential-NAME` that keeps
 * credentials.
 *
 * @see {@link https://github.com/docker/docker-credential-helpers}
 */
export class CredentialHelper {
  /** For people: `docker-credential-pass, named in ~/.docker/config.json`. */
  readonly source: string;
  readonly #name: string;
  readonly #file: string;
  readonly #options: DockerCredentialsOptions;

  /**
   * A helper that a file names. It is not run yet.
   *
   * @param name The part behind `docker-credential-`.
   * @param file The file for people.
   */
  constructor(name: string, file: string, options: DockerCredentialsOptions) {
    this.#name = name;
    this.#file = file;
    this.#options = options;
    this.source = `${this.#program}, named in ${file}`;
  }

  /**
   * Asks for a credential.
   *
   * @param server What it is kept under: `ghcr.io`.
   * @returns `undefined` where the helper has none.
   * @throws {HelperFailure} Where it cannot be asked, or answers nonsense.
   * @throws {ScratchbuildError} Code `ABORTED`.
   */
  async get(
    server: string,
    signal?: AbortSignal,
  ): Promise<Credential | undefined> {
    const answer = await this.#run("get", server, `${server}\n`, signal);
    if (answer.exitStatus !== 0) {
      if (answer.stdout.trim() === NOT_FOUND) return undefined;
      throw this.#exited(answer);
    }
    const { Username: username = "", Secret: secret = "" } = this.#parse(
      answer.stdout,
    );
    if (typeof username !== "string" || typeof secret !== "string") {
      throw this.#nonsense();
    }
    if (secret === "") return undefined;
    return username === TOKEN_USER
      ? { identityToken: secret }
      : { username, password: secret };
  }

  /**
   * Has a credential kept.
   *
   * @throws {HelperFailure} Where it is not.
   * @throws {ScratchbuildError} Code `ABORTED`.
   */
  async store(
    server: string,
    { username, password }: { username: string; password: string },
  ): Promise<void> {
    const input = JSON.stringify({
      ServerURL: server,
      Username: username,
      Secret: password,
    });
    const answer = await this.#run("store", server, `${input}\n`);
    if (answer.exitStatus !== 0) throw this.#exited(answer);
  }

  /**
   * Has a credential removed.
   *
   * @throws {HelperFailure} Where it is not.
   * @throws {ScratchbuildError} Code `ABORTED`.
   */
  async erase(server: string): Promise<void> {
    const answer = await this.#run("erase", server, `${server}\n`);
    if (answer.exitStatus !== 0 && answer.stdout.trim() !== NOT_FOUND) {
      throw this.#exited(answer);
    }
  }

  get #program(): string {
    return `docker-credential-${printable(this.#name)}`;
  }

  async #run(
    action: HelperCall["action"],
    server: string,
    input: string,
    signal: AbortSignal | undefined = this.#options.signal,
  ): Promise<HelperAnswer> {
    if (!NAME.test(this.#name)) {
      throw this.#failure(
        "is not run: the name of a helper is letters, digits, '.', '_' and '-'",
        `Correct the name in ${this.#file}`,
      );
    }
    if (!SERVER.test(server)) {
      throw this.#failure(
        "is not asked for a server whose name holds spaces or control " +
          "characters",
        `Correct the key in ${this.#file}`,
      );
    }
    const { run = runHelper, helperTimeLimit: timeLimit = DEFAULT_TIME_LIMIT } =
      this.#options;
    const env = environmentOf(this.#options);
    const program = this.#program;
    let answer: HelperAnswer | undefined;
    try {
      answer = await run({ program, action, input, env, timeLimit, signal });
    } catch (error) {
      if (error instanceof ScratchbuildError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw this.#failure(why, this.#tryByHand);
    }
    if (answer) return answer;
    const name = JSON.stringify(this.#name);
    throw this.#failure(
      "is not on the PATH",
      `Install it, or take ${name} out of ${this.#file} and log in again`,
      true,
    );
  }

  #parse(stdout: string): Record<string, unknown> {
    try {
      const answer: unknown = JSON.parse(stdout);
      if (isObject(answer)) return answer;
    } catch {
      // As below; what the parser says would show what it read.
    }
    throw this.#nonsense();
  }

  #nonsense(): HelperFailure {
    return this.#failure(
      "answered something that is no credential",
      this.#tryByHand,
    );
  }

  #exited({ exitStatus }: HelperAnswer): HelperFailure {
    return this.#failure(
      `failed with exit status ${exitStatus}`,
      this.#tryByHand,
    );
  }

  get #tryByHand(): string {
    return `Run "${this.#program} list" by hand to see why`;
  }

  #failure(why: string, next: string, isMissing = false): HelperFailure {
    return new HelperFailure(`${this.source}, ${why}. ${next}`, isMissing);
  }
}
