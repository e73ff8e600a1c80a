import type { ConfigChange } from "../../image/diff_configs.ts";
import type { ItemAspect, TreeDifference } from "../../image/diff_trees.ts";
import { type ItemDocument, itemDocument } from "../tree/item_document.ts";

/** What was compared, and how it differs. */
export interface Comparison extends TreeDifference {
  /** What stood first on the command line. */
  readonly before: string;
  /** What stood second. */
  readonly after: string;
  /** How the configurations differ; nothing where a directory was compared. */
  readonly config?: readonly ConfigChange[];
}

/** The JSON document of `diff --json`. */
export interface DifferenceDocument {
  /** Changes when a program that reads the document would have to. */
  readonly version: 1;
  /** What stood first on the command line. */
  readonly before: string;
  /** What stood second. */
  readonly after: string;
  /** Whether there is no difference. */
  readonly equal: boolean;
  /** What only the second one has. */
  readonly added: readonly ItemDocument[];
  /** What only the first one has. */
  readonly removed: readonly ItemDocument[];
  /** What both have, and not the same. */
  readonly changed: readonly {
    readonly path: string;
    readonly aspects: readonly ItemAspect[];
    readonly before: ItemDocument;
    readonly after: ItemDocument;
  }[];
  /** How the configurations differ; nothing where a directory was compared. */
  readonly config?: readonly ConfigChange[];
}

/** Whether there is no difference. */
export function isEqual(
  { added, removed, changed, config = [] }: Comparison,
): boolean {
  return [added, removed, changed, config].every(({ length }) => length === 0);
}

/** What `diff --json` prints. */
export function differenceDocument(comparison: Comparison): DifferenceDocument {
  const { before, after, added, removed, changed, config } = comparison;
  return {
    version: 1,
    before,
    after,
    equal: isEqual(comparison),
    added: added.map(itemDocument),
    removed: removed.map(itemDocument),
    changed: changed.map((change) => ({
      path: `/${change.path}`,
      aspects: change.aspects,
      before: itemDocument(change.before),
      after: itemDocument(change.after),
    })),
    ...(config && { config }),
  };
}
