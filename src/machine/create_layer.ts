import {
  createLayer as createLayerIn,
  createLayerFromTar as createLayerFromTarIn,
} from "../image/create_layer.ts";
import { fileSpool } from "./file_spool.ts";

/**
 * `createLayer` of the core, with a temporary file as the default place of the
 * compressed bytes.
 *
 * @see {@linkcode createLayerIn} for parameters and errors.
 */
export const createLayer: typeof createLayerIn = (entries, options) =>
  createLayerIn(entries, { spool: fileSpool, ...options });

/**
 * `createLayerFromTar` of the core, with a temporary file as the default place
 * of the compressed bytes.
 *
 * @see {@linkcode createLayerFromTarIn} for parameters and errors.
 */
export const createLayerFromTar: typeof createLayerFromTarIn = (tar, options) =>
  createLayerFromTarIn(tar, { spool: fileSpool, ...options });
