import type { ImageSource } from "../../target/image_source.ts";
import type { OpenDestination } from "./open_destinations.ts";

/** An image whose layers need not be made again. */
export interface ReusableImage {
  /** Where it is. */
  readonly source: ImageSource;
  /** Its tag, where the place does not name it. */
  readonly name?: string;
  /**
   * Whether somebody named it. What is in the place of the new image is looked
   * at in any case, and may be missing.
   */
  readonly isAsked: boolean;
}

/**
 * The images whose layers are looked at: those that the new one replaces, and
 * those that somebody named.
 */
export function reusableImages(
  destinations: readonly OpenDestination[],
  asked: readonly ImageSource[],
): ReusableImage[] {
  return [
    ...destinations.flatMap(({ source, tags: [name] }) =>
      source
        ? [{ source, ...(name !== undefined && { name }), isAsked: false }]
        : []
    ),
    ...asked.map((source) => ({ source, isAsked: true })),
  ];
}
