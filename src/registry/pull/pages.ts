import { ScratchbuildError } from "../../spec/error.ts";
import { nextLink } from "../http/link_header.ts";
import type { Repository } from "../repository.ts";
import {
  type DocumentRequest,
  getDocument,
  type RegistryDocument,
} from "./get_document.ts";

/** Most pages of one list. */
const MAX_PAGES = 10_000;

/**
 * The pages of a list, got as they are asked for. Each names the next one by a
 * `Link` header, which must lead to where the page itself came from.
 *
 * @throws {RegistryError} Where the registry refuses.
 * @throws {ScratchbuildError} Code `REGISTRY` where the list leads elsewhere or
 * has no end, code `NETWORK` or `ABORTED`.
 */
export async function* pagesOf(
  repository: Repository,
  request: DocumentRequest,
): AsyncGenerator<RegistryDocument, void, undefined> {
  const seen = new Set<string>();
  const refuse = (why: string) =>
    new ScratchbuildError(`Cannot ${request.what}: ${why}`, {
      code: "REGISTRY",
    });
  for (let url: URL | undefined = request.url; url;) {
    if (seen.has(url.href)) {
      throw refuse("the registry's list leads back to a page before it");
    }
    if (seen.size === MAX_PAGES) {
      throw refuse(`the registry's list has more than ${MAX_PAGES} pages`);
    }
    seen.add(url.href);
    const page = await getDocument(repository, { ...request, url });
    yield page;
    url = nextPage(page, refuse);
  }
}

function nextPage(
  { url, headers }: RegistryDocument,
  refuse: (why: string) => Error,
): URL | undefined {
  const link = nextLink(headers.get("link"));
  if (link === undefined) return undefined;
  if (!URL.canParse(link, url.href)) {
    throw refuse("the link to the next page of the registry's list is no URL");
  }
  const next = new URL(link, url);
  next.hash = "";
  if (next.origin === url.origin && next.username + next.password === "") {
    return next;
  }
  throw refuse(
    `the registry's list goes on at ${next.host || "another place"}, ` +
      `and not at ${url.host}`,
  );
}
