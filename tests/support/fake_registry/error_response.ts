/** How a {@linkcode FakeRegistry} refuses something. */
export interface Refusal {
  readonly status: number;
  /** Code of the error: `UNSUPPORTED` unless told. */
  readonly code?: string;
  /** What it says for people. */
  readonly message?: string;
}

/** The answer that a registry gives to what it refuses. */
export function errorResponse(
  status: number,
  code: string,
  message?: string,
  headers?: Record<string, string>,
): Response {
  return Response.json({ errors: [{ code, message }] }, { status, headers });
}

/** The answer that a quirk asks for. */
export function refuse({ status, code, message }: Refusal): Response {
  return errorResponse(status, code ?? "UNSUPPORTED", message ?? "refused");
}
