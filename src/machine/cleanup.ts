import { rmSync } from "node:fs";
import process from "node:process";

const paths = new Set<string>();

/**
 * Has a temporary file or directory removed when the process exits, should
 * nobody have called the function that is returned, which removes it at once.
 * What cannot be removed stays: the reason why it is no longer wanted is the
 * one to be told.
 */
export function removeOnExit(path: string): () => void {
  if (paths.size === 0) process.on("exit", removeAll);
  paths.add(path);
  return () => {
    remove(path);
    keep(path);
  };
}

/** Lets a file stay that {@linkcode removeOnExit} was called for. */
export function keep(path: string): void {
  paths.delete(path);
  if (paths.size === 0) process.off("exit", removeAll);
}

function removeAll(): void {
  for (const path of paths) remove(path);
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true, recursive: true });
  } catch {
    // Its parent is no directory, or the disk cannot be written to.
  }
}
