// Keeps a credential for each of several registries, one after the other:
// save_several.ts HOME REGISTRY...
import process from "node:process";
import { saveCredential } from "../../../src/machine/credentials/save_credential.ts";

const [home = "", ...registries] = process.argv.slice(2);
const credential = { username: "me", password: "s3cret" };
for (const registry of registries) {
  await saveCredential(registry, credential, { home, env: {} });
}
