/**
 * What was learned about the registries of a run: which ways of uploading each
 * takes. Several targets may share one.
 */
export class UploadMemory {}

/** The ways of sending a blob. */
export type UploadWay =
  /** By one PUT. Every registry takes that, up to some size. */
  | "whole"
  /** By one PATCH without a range, and an empty PUT. */
  | "streamed"
  /** By one PATCH for each part, and an empty PUT. */
  | "parts";

/** What was learned about one registry. */
export interface RegistryMemory {
  /** The ways that it does not take. */
  readonly refused: Set<UploadWay>;
  /** Repositories that it does not mount from, or not for us. */
  readonly unmountable: Set<string>;
  /** Most bytes that it takes in one request. */
  maxBody: number;
  /** Most bytes that it takes of a blob in parts. */
  maxPart: number;
}

const memories = new WeakMap<UploadMemory, Map<string, RegistryMemory>>();

/** What a memory holds about a registry; it is written there, too. */
export function memoryOf(memory: UploadMemory, host: string): RegistryMemory {
  const hosts = memories.get(memory) ?? new Map<string, RegistryMemory>();
  memories.set(memory, hosts);
  const known = hosts.get(host) ??
    {
      refused: new Set(),
      unmountable: new Set(),
      maxBody: Infinity,
      maxPart: Infinity,
    };
  hosts.set(host, known);
  return known;
}
