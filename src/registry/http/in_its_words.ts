import { RegistryError } from "../registry_error.ts";
import { parseErrorBody } from "./error_body.ts";
import type { Secrets } from "./secrets.ts";

/**
 * Adds to an error about an answer what the server itself says of it.
 *
 * @param error What is told of the answer so far.
 * @param response The answer. Its body is read.
 * @param secrets What is taken out of the words.
 * @returns The same error where there are no words.
 */
export async function inItsWords(
  error: RegistryError,
  response: Response,
  secrets: Secrets,
): Promise<RegistryError> {
  const { errors, words } = parseErrorBody(
    await response.text(),
    (text) => secrets.redact(text),
  );
  if (words === "") return error;
  return new RegistryError(`${error.message}. It says: ${words}`, {
    status: error.status,
    errors,
  });
}
