import { ScratchbuildError } from "../../spec/error.ts";
import { discard } from "../http/capped_body.ts";
import { registryFailure } from "../http/registry_failure.ts";
import type { Outcome } from "../http/retries.ts";
import type { Answer } from "../http/transport.ts";
import type { AuthenticatedRequest } from "../auth/authenticator.ts";
import { RegistryError } from "../registry_error.ts";
import type { UploadPlace } from "./blob_upload.ts";
import { judge, type UploadStep, type Verdict } from "./verdict.ts";

/** A request of an upload that did not get through. */
export interface Setback {
  /** What to make of it. */
  readonly verdict: Verdict;
  /** What was being done. */
  readonly step: UploadStep;
  /** The answer, or the failure of the network. */
  readonly outcome: Outcome;
  /** What to tell where nothing helps. */
  readonly error: ScratchbuildError;
}

/**
 * Sends one request of an upload, once: how to go on is not for it to say.
 *
 * @returns The answer where it is a success, otherwise what it was instead.
 * @throws {ScratchbuildError} Where neither the registry nor the network is to
 * blame.
 */
export async function sendStep(
  upload: UploadPlace,
  step: UploadStep,
  request: AuthenticatedRequest,
): Promise<Answer | Setback> {
  const { repository, options: { signal } } = upload;
  const { authenticator } = repository;
  let answer: Answer;
  try {
    answer = await authenticator.send({
      ...request,
      access: "push",
      retry: false,
      signal,
    });
  } catch (error) {
    if (!isNetworkError(error) || upload.noted?.failure) throw error;
    return { verdict: "again", step, outcome: { error }, error };
  }
  const { response } = answer;
  if (response.ok) {
    await discard(response);
    return answer;
  }
  const error = await registryFailure(response, {
    ...authenticator.failure,
    what: `push ${nameOf(upload)} to ${repository.name}`,
  });
  return { verdict: judge(error, step), step, outcome: { response }, error };
}

/** The setback of a registry that has other bytes than it was sent. */
export function contradiction(
  upload: UploadPlace,
  { response }: Answer,
): Setback {
  const error = new RegistryError(
    `Cannot push ${
      nameOf(upload)
    } to ${upload.repository.name}: the registry ` +
      "says that it has other bytes than it was sent. Try again",
    { status: response.status },
  );
  return { verdict: "corrupt", step: "part", outcome: { response }, error };
}

function nameOf({ blob }: UploadPlace): string {
  return blob?.descriptor.digest ?? "a layer";
}

/** Whether a step did not get through. */
export function isSetback(outcome: Answer | Setback): outcome is Setback {
  return "verdict" in outcome;
}

/** Whether an error is one of the network, which may pass. */
export function isNetworkError(error: unknown): error is ScratchbuildError {
  return error instanceof ScratchbuildError && error.code === "NETWORK";
}
