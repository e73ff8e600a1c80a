#!/usr/bin/env -S deno run -A
/**
 * The command `scratchbuild`. Importing this module runs it: it has nothing to
 * offer to a program, which finds everything in the package itself, and a test
 * whether it is the main module has a different form on each runtime and fails
 * behind the links that npm makes in `node_modules/.bin`.
 *
 * @module
 */
import { main } from "./src/cli/main.ts";

await main();
