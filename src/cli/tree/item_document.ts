import type { ImageItem } from "../../image/image_item.ts";
import { octal } from "./mode_text.ts";

/** What JSON documents say of something in an image. */
export interface ItemDocument {
  /** The path, from the root: `/etc/passwd`. */
  readonly path: string;
  /** What it is. */
  readonly type: ImageItem["type"];
  /** The mode in octal: `0644`. */
  readonly mode: string;
  /** Numeric owner. */
  readonly uid: number;
  /** Numeric group. */
  readonly gid: number;
  /** Bytes of content, of a file. */
  readonly size?: number;
  /** Time of the last change, in seconds since 1970. */
  readonly mtime: number;
  /** Where a symbolic link points. */
  readonly target?: string;
  /** Number of the driver of a device. */
  readonly major?: number;
  /** Number of a device. */
  readonly minor?: number;
  /** Extended attributes by their names, in base64. */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** SHA-256 of the content, where it was read. */
  readonly digest?: string;
  /** Position of the layer that it is from, 0 for the bottom-most. */
  readonly layer?: number;
}

/** What JSON documents say of an item. */
export function itemDocument(item: ImageItem): ItemDocument {
  const { path, type, mode, uid, gid, size, xattrs, ...rest } = item;
  const names = Object.keys(xattrs);
  const { mtime, target, major, minor, digest, layer } = rest;
  return {
    path: `/${path}`,
    type,
    mode: octal(mode),
    uid,
    gid,
    ...(type === "file" && { size }),
    mtime,
    ...(target !== undefined && { target }),
    ...(major !== undefined && { major }),
    ...(minor !== undefined && { minor }),
    ...(names.length > 0 && {
      xattrs: Object.fromEntries(
        Object.entries(xattrs).map(([name, value]) => [name, base64(value)]),
      ),
    }),
    ...(digest !== undefined && { digest }),
    ...(layer !== undefined && { layer }),
  };
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
