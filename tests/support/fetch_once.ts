/**
 * Gets a URL, prints what came, and ends when nothing is left to do:
 * `fetch_once.ts URL`.
 *
 * @module
 */
import process from "node:process";
import { nodeClient } from "../../src/machine/http/node_client.ts";

const url = process.argv[2] ?? "";
const { fetch } = nodeClient({ registry: new URL(url) });
const response = await fetch(new Request(url));
console.log(response.status, await response.text());
