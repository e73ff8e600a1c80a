import { hashAlgorithm } from "../../bytes/hasher.ts";
import type { Descriptor } from "../../spec/descriptor.ts";
import type { Digest } from "../../spec/digest.ts";
import { discard } from "../http/capped_body.ts";
import { plainText } from "../http/plain_text.ts";
import type { Answer } from "../http/transport.ts";
import { RegistryError } from "../registry_error.ts";
import { fail, type Repository } from "../repository.ts";
import {
  contentDigest,
  contentEncoding,
  contentLength,
  contentRange,
} from "./content_headers.ts";
import { foreignUrl } from "./foreign_url.ts";

/** How a blob is asked for. */
export interface BlobPlaceOptions {
  /** What is done, for the errors: `read ghcr.io/me/app@sha256:…`. */
  readonly what: string;
  /** Makes an error of why what came cannot be used. */
  readonly refuse: (why: string, actual?: Digest) => Error;
  /**
   * Whether it is asked for at the `urls` of the descriptor where the registry
   * does not have it.
   *
   * @default {false}
   */
  readonly foreign?: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** An answer that holds a blob, or a part of it. */
export interface BlobPart {
  /** The answer. */
  readonly answer: Answer;
  /** Place of its first byte in the blob. */
  readonly first: number;
}

const PARTIAL = 206;
const NOT_FOUND = 404;
const NOT_SATISFIABLE = 416;
/** More `urls` than that are not asked: a manifest can hold many thousands. */
const MAX_URLS = 8;

/** Asks for a blob, or for some of it, where it is. */
export class BlobPlace {
  readonly #repository: Repository;
  readonly #descriptor: Descriptor;
  readonly #options: BlobPlaceOptions;
  /** Where it was found, where that is not the registry. */
  #foreign: URL | undefined;

  /**
   * Asks nobody yet.
   *
   * @param repository The repository that is to have it.
   * @param descriptor What it is to be.
   * @param options How it is asked for.
   */
  constructor(
    repository: Repository,
    descriptor: Descriptor,
    options: BlobPlaceOptions,
  ) {
    this.#repository = repository;
    this.#descriptor = descriptor;
    this.#options = options;
  }

  /**
   * Opens it, or a part of it. More than the part may come.
   *
   * @param start Offset of the first byte.
   * @param end Offset after the last one.
   * @returns `undefined` where no such offset is taken.
   * @throws {RegistryError} Where it is refused, or not there.
   * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
   * @throws What `refuse` makes.
   */
  async open(start: number, end: number): Promise<BlobPart | undefined> {
    if (this.#foreign) return await this.#askFor(this.#foreign, start, end);
    const { authenticator, url } = this.#repository;
    const { digest, urls = [] } = this.#descriptor;
    const { foreign = false, what, signal } = this.#options;
    const answer = await authenticator.send({
      method: "GET",
      url: new URL(`blobs/${digest}`, url),
      headers: this.#range(start, end),
      signal,
    });
    const { response } = answer;
    if (foreign && urls.length > 0 && response.status === NOT_FOUND) {
      await discard(response);
      return await this.#openElsewhere(urls.slice(0, MAX_URLS), start, end);
    }
    const isFault = !response.ok && response.status !== NOT_SATISFIABLE;
    if (isFault) await fail(this.#repository, what, answer);
    return await this.#partOf(answer, start, "the registry");
  }

  /** Opens it at the first of the `urls` that gives it. */
  async #openElsewhere(
    urls: readonly string[],
    start: number,
    end: number,
  ): Promise<BlobPart | undefined> {
    const { what, signal } = this.#options;
    const reasons: string[] = [];
    for (const text of urls) {
      const { url, refusal = "" } = foreignUrl(this.#repository, text);
      // Queries are signed, and not for everybody.
      const shown = plainText(text.replace(/[?#].*$/s, ""), 200);
      try {
        if (!url) throw new Error(refusal);
        const part = await this.#askFor(url, start, end);
        this.#foreign = url;
        return part;
      } catch (error) {
        if (signal?.aborted) throw error;
        reasons.push(`${shown}: ${(error as Error).message}`);
      }
    }
    throw new RegistryError(
      `Cannot ${what}: the registry does not have it, and none of the urls ` +
        `of its descriptor gives it (${reasons.join("; ")})`,
      { status: NOT_FOUND },
    );
  }

  /** Asks for it elsewhere, without a credential. */
  async #askFor(
    url: URL,
    start: number,
    end: number,
  ): Promise<BlobPart | undefined> {
    const { authenticator: { transport }, url: trust } = this.#repository;
    const answer = await transport.send({
      method: "GET",
      url,
      trust,
      headers: this.#range(start, end),
      signal: this.#options.signal,
    });
    const { ok, status } = answer.response;
    if (!ok && status !== NOT_SATISFIABLE) {
      await discard(answer.response);
      throw new RegistryError(
        `Cannot ${this.#options.what}: ${url.host} answered ${status}`,
        { status },
      );
    }
    return await this.#partOf(answer, start, url.host);
  }

  #range(start: number, end: number): Record<string, string> {
    const isRest = end >= this.#descriptor.size;
    if (start === 0 && isRest) return {};
    return { range: `bytes=${start}-${isRest ? "" : end - 1}` };
  }

  async #partOf(
    answer: Answer,
    start: number,
    by: string,
  ): Promise<BlobPart | undefined> {
    const { digest, size } = this.#descriptor;
    const { response, response: { status, headers } } = answer;
    if (status === NOT_SATISFIABLE) {
      await discard(response);
      return undefined;
    }
    const stated = contentDigest(headers);
    const isOther = stated !== undefined && stated !== digest &&
      hashAlgorithm(stated) === hashAlgorithm(digest);
    const why = isOther
      ? `${by} says that it is ${stated}`
      : fault(response, { start, size, by });
    if (why !== undefined) {
      await discard(response);
      throw this.#options.refuse(why, isOther ? stated : undefined);
    }
    return { answer, first: status === PARTIAL ? start : 0 };
  }
}

/** Why an answer is not the part of a blob that was asked for. */
function fault(
  { status, headers }: Response,
  { start, size, by }: {
    readonly start: number;
    readonly size: number;
    readonly by: string;
  },
): string | undefined {
  if (status === PARTIAL) {
    const range = contentRange(headers);
    if (range?.first === start && (range.total ?? size) === size) return;
    return `its bytes from ${start} on were asked for, and others came`;
  }
  const length = contentLength(headers) ?? size;
  if (length === size || contentEncoding(headers) !== undefined) return;
  return `${by} has ${length} bytes, and it is to be ${size}`;
}
