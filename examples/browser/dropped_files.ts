/// <reference lib="dom" />
import type { PlacedFile } from "./build_image.ts";

/**
 * The files of a drop, directories with all that they hold.
 *
 * @see {@link https://developer.mozilla.org/docs/Web/API/DataTransferItem/webkitGetAsEntry}
 */
export async function droppedFiles(
  { items }: DataTransfer,
): Promise<PlacedFile[]> {
  // The list is empty once the event is over.
  const dropped = Array.from(items, (item) => ({
    entry: item.webkitGetAsEntry(),
    file: item.getAsFile(),
  }));
  const found: PlacedFile[] = [];
  for (const { entry, file } of dropped) {
    if (entry) await collect(entry, found);
    else if (file) found.push({ path: file.name, content: file });
  }
  return found;
}

/** The files that were chosen in a dialogue. */
export function chosenFiles(files: Iterable<File>): PlacedFile[] {
  return Array.from(files, (file) => ({
    path: file.webkitRelativePath || file.name,
    content: file,
  }));
}

async function collect(
  entry: FileSystemEntry,
  found: PlacedFile[],
): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    found.push({ path: entry.fullPath.replace(/^\//, ""), content: file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  while (true) {
    // A directory is told in parts; an empty part is its end.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (part.length === 0) return;
    for (const child of part) await collect(child, found);
  }
}
