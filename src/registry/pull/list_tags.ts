import { isObject } from "../../spec/check_descriptor.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { parseJson, type Refuse } from "../../spec/parse_json.ts";
import type { WriteOptions } from "../../target/image_target.ts";
import { isTag } from "../reference.ts";
import type { Repository } from "../repository.ts";
import { pagesOf } from "./pages.ts";

/** Tags of one page. Some registries refuse more, others send fewer. */
const PAGE_SIZE = 1000;

/** Lists tags, as `Registry.tags` says. */
export async function* listTags(
  repository: Repository,
  { signal }: Pick<WriteOptions, "signal">,
): AsyncGenerator<string, void, undefined> {
  const what = `list the tags of ${repository.name}`;
  const refuse: Refuse = (why) =>
    new ScratchbuildError(
      `Cannot ${what}: of what the registry answered, ${why}`,
      { code: "REGISTRY" },
    );
  const url = new URL(`tags/list?n=${PAGE_SIZE}`, repository.url);
  const accept = "application/json";
  for await (
    const { bytes } of pagesOf(repository, { url, what, accept, signal })
  ) {
    yield* tagsOf(bytes, refuse);
  }
}

function tagsOf(bytes: Uint8Array, refuse: Refuse): string[] {
  const page = parseJson(bytes, { refuse });
  if (!isObject(page)) throw refuse("it is not a JSON object");
  // Go writes a list without entries as null.
  const tags = page.tags ?? [];
  if (!Array.isArray(tags)) throw refuse("its tags are not a list");
  const bad = tags.find((tag) => typeof tag !== "string" || !isTag(tag));
  if (bad !== undefined) throw refuse("one of its tags is none");
  return tags;
}
