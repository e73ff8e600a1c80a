import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type FailureContext,
  registryFailure,
} from "../../../src/registry/http/registry_failure.ts";
import { errorResponse } from "../../support/fake_registry.ts";

const context: FailureContext = {
  what: "push to registry.test/a",
  registry: "registry.test",
  credential: "password",
  redact: (text) => text,
};

test("a next step for what a user can do something about (req-013)", async () => {
  const cases = [
    [401, "none", undefined, /--username and --password-stdin, or --token/],
    [401, "password", undefined, /user name or the password is wrong/],
    [401, "token", undefined, /token is wrong, has expired/],
    [403, "none", undefined, /--username/],
    [403, "password", "DENIED", /not allowed .* right to push/],
    [404, "password", "NAME_UNKNOWN", /no such repository.* created first/],
    [404, "password", "MANIFEST_UNKNOWN", /no such tag or digest/],
    [404, "password", "BLOB_UNKNOWN", /lost that blob/],
    [404, "password", "BLOB_UPLOAD_UNKNOWN", /lost the upload\. Try again/],
    [400, "password", "BLOB_UPLOAD_INVALID", /Try again$/],
    [400, "password", "SIZE_INVALID", /bytes changed/],
    [400, "password", "UNAUTHORIZED", /user name or the password is wrong/],
    [400, "none", "DENIED", /scratchbuild login registry\.test, or pass/],
    [
      401,
      "identity token",
      undefined,
      /identity token is wrong .* log in again with scratchbuild login regi/,
    ],
    [405, "password", "UNSUPPORTED", /takes no changes/],
    [413, "password", undefined, /limits the size/],
    [413, "password", "SIZE_INVALID", /SIZE_INVALID\)\. .* limits the size/],
    [415, "password", undefined, /--format/],
    [429, "password", "TOOMANYREQUESTS", /Wait, and try again/],
    [429, "password", undefined, /Wait, and try again/],
    [500, "password", undefined, /Try again later/],
    [503, "password", "UNAVAILABLE", /Try again later/],
    [400, "password", "DIGEST_INVALID", /bytes changed/],
    [400, "password", "MANIFEST_INVALID", /--format/],
    [400, "password", "MANIFEST_BLOB_UNKNOWN", /lost a blob/],
    [400, "password", "NAME_INVALID", /another name/],
    [400, "password", "constructor", /\(constructor\)$/],
    [418, "password", undefined, /answered 418$/],
  ] as const;
  for (const [status, credential, code, expected] of cases) {
    const response = code
      ? errorResponse(status, code)
      : new Response(null, { status });
    const error = await registryFailure(response, { ...context, credential });
    assert.match(error.message, expected);
    assert.ok(error.message.includes(`answered ${status}`));
  }
});

/** The message of a refusal. */
async function message(
  response: Response,
  more: Partial<FailureContext> = {},
): Promise<string> {
  return (await registryFailure(response, { ...context, ...more })).message;
}

test("where a wrong credential was found is said", async () => {
  const source = "~/.docker/config.json, key ghcr.io";
  for (
    const [status, credential, expected] of [
      [
        401,
        "password",
        `The user name or the password from ${source} is wrong`,
      ],
      [401, "token", `The token from ${source} is wrong`],
      [401, "identity token", `The identity token from ${source} is wrong`],
      [403, "password", `The credential from ${source} is not allowed`],
      [401, "none", "No credential was given: log in with"],
    ] as const
  ) {
    const text = await message(new Response(null, { status }), {
      credential,
      source,
    });
    assert.ok(text.includes(`. ${expected}`), text);
  }
  assert.match(
    await message(new Response(null, { status: 403 }), {
      what: "read a.test/b",
    }),
    /Ask for the right to read the repository$/,
  );
});

test("what only the words of a registry tell", async () => {
  for (
    const [status, code, words, expected] of [
      [
        500,
        "UNKNOWN",
        "write /var/x: no space left on device",
        /disk .* is full/,
      ],
      [507, "UNKNOWN", "", /disk of the registry is full/],
      [
        403,
        "DENIED",
        "adding 5 MiB ... will exceed the configured upper limit",
        /quota is used up/,
      ],
      [429, "TOOMANYREQUESTS", "storage quota exceeded", /quota is used up/],
      [
        405,
        "UNSUPPORTED",
        "The registry is in read-only mode",
        /read-only for now/,
      ],
      [503, "UNAVAILABLE", "readonly maintenance", /read-only for now/],
      [
        403,
        "DENIED",
        "permission_denied: write_package",
        /write:packages.*image\.source/,
      ],
      [
        403,
        "DENIED",
        "installation not allowed to Create organization package",
        /linked/,
      ],
      [
        404,
        "NAME_UNKNOWN",
        "The repository with name 'a' does not exist in the registry with id '1'",
        /Amazon ECR, want it to be created first/,
      ],
    ] as const
  ) {
    assert.match(await message(errorResponse(status, code, words)), expected);
  }
  // A token server has no repositories.
  assert.match(
    await message(new Response(null, { status: 404 }), {
      by: "the token server",
    }),
    /: the token server answered 404$/,
  );
});

test("who must wait is told for how long (fault: 429, Retry-After seconds)", async () => {
  const wait = (status: number, seconds: string) =>
    new Response(null, { status, headers: { "retry-after": seconds } });
  assert.match(
    await message(wait(429, "900")),
    /\. It asks to wait 15 minutes$/,
  );
  assert.match(
    await message(wait(503, "30")),
    /\. It asks to wait 30 seconds$/,
  );
  assert.match(await message(wait(429, "880µs")), /\. Wait, and try again$/);
  assert.match(
    await message(new Response(null, { status: 429 }), { credential: "none" }),
    /Wait, and try again, or log in with scratchbuild login registry\.test, or/,
  );
});

test("a clock that is wrong is told of, as tokens are good for minutes", async () => {
  const now = Date.UTC(2026, 0, 2);
  const date = (offset: number) => new Date(now + offset).toUTCString();
  const refuse = (offset: number, status = 401) =>
    message(
      new Response("token not yet valid", {
        status,
        headers: { date: date(offset) },
      }),
      { credential: "token", now },
    );
  const day = 86_400_000;
  assert.match(
    await refuse(day),
    /\. The clock of this machine is 24 hours behind the server's: set it right first\. The token is wrong/,
  );
  assert.match(await refuse(-3 * day), /is 3 days ahead of the server's/);
  assert.match(await refuse(-7 * 60_000), /is 7 minutes ahead of the server's/);
  assert.doesNotMatch(await refuse(-2 * 60_000), /clock/);
  assert.doesNotMatch(await refuse(day, 403), /clock/);
});
