import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { BODY_LIMIT } from "../../../src/registry/http/capped_body.ts";
import { parseErrorBody } from "../../../src/registry/http/error_body.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { RegistryError } from "../../../src/registry/registry_error.ts";
import {
  type FailureContext,
  registryFailure,
} from "../../../src/registry/http/registry_failure.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";
import { errorResponse, fakeRegistry } from "../../support/fake_registry.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { sampleImage, someBytes } from "../sample_image.ts";

const context: FailureContext = {
  what: "push to registry.test/a",
  registry: "registry.test",
  credential: "password",
  redact: (text) => text.replaceAll("hunter2", "[secret]"),
};

test("the registry's own words, in one line, and its list", async () => {
  const error = await registryFailure(
    Response.json({
      errors: [
        {
          code: "DENIED",
          message: "no\r\nway\u001b[31m",
          detail: { a: ["b"] },
        },
        { code: "UNKNOWN_THING" },
        { message: "without a code" },
        { code: "EMPTY", message: "", detail: null },
        { code: "TEXT", message: "m", detail: "d" },
      ],
    }, { status: 400 }),
    context,
  );
  assert.ok(error instanceof RegistryError);
  assert.equal(error.code, "REGISTRY");
  assert.equal(error.name, "RegistryError");
  assert.equal(error.status, 400);
  assert.deepEqual(error.errors, [
    { code: "DENIED", message: "no way [31m", detail: { a: ["b"] } },
    { code: "UNKNOWN_THING" },
    { code: "UNKNOWN", message: "without a code" },
    { code: "EMPTY" },
    { code: "TEXT", message: "m", detail: "d" },
  ]);
  assert.equal(
    error.message,
    "Cannot push to registry.test/a: the registry answered 400 " +
      "(DENIED: no way [31m; UNKNOWN_THING; UNKNOWN: without a code; EMPTY; TEXT: m: d). " +
      "The credential is not allowed to do that. " +
      "Ask for the right to push to the repository",
  );
});

test("the words of a refusal are read in linear time (ReDoS)", () => {
  for (
    const text of [
      "a",
      '{"errors":[',
      '{"a":',
      "[",
      "<",
      "https://a?",
      "https://",
      " ",
      "\\",
      '"',
      "http://x?y ",
    ]
  ) {
    const long = text.repeat(Math.ceil(100_000 / text.length));
    const start = performance.now();
    parseErrorBody(long, (text) => text);
    assert.ok(performance.now() - start < 500, text);
  }
});

test("secrets and signed URLs do not come back in the words (rule 11: redaction) (logs)", async () => {
  const error = await registryFailure(
    Response.json({
      errors: [{
        code: "DENIED",
        message: "not with hunter2",
        detail: {
          header: "Bearer hunter2",
          url: "https://x.test/u?sig=s1gned",
        },
      }],
    }, { status: 403 }),
    context,
  );
  assert.match(error.message, /not with \[secret\]/);
  assert.doesNotMatch(JSON.stringify(error.errors), /hunter2|s1gned/);
  const text = await registryFailure(
    new Response("hunter2 https://x.test/u?sig=s1gned", { status: 500 }),
    context,
  );
  assert.match(text.message, /\(\[secret\] https:\/\/x\.test\/u\)/);
});

test("pages of proxies are left out, other texts are shortened", async () => {
  const words = async (body: string) =>
    (await registryFailure(new Response(body, { status: 418 }), context))
      .message.replace(/^.*418/, "");
  assert.equal(await words("<html><body>nginx</body></html>"), "");
  assert.equal(await words(" \n<!doctype html>"), "");
  assert.equal(
    await words("Client sent an HTTP request\n"),
    " (Client sent an HTTP request)",
  );
  assert.equal((await words("x".repeat(100_000))).length, 304);
});

test("a body is read up to a limit, and a broken one forgiven (rule 12: bounded inputs, CVE-2023-25153)", async () => {
  let pulled = 0;
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled += 1024;
      controller.enqueue(new Uint8Array(1024).fill(97));
    },
    cancel: () => void (cancelled = true),
  });
  await registryFailure(new Response(endless, { status: 418 }), context);
  assert.ok(cancelled);
  assert.ok(pulled <= BODY_LIMIT + 4096, String(pulled));

  const broken = new ReadableStream({
    pull: () => Promise.reject(new Error("reset")),
  });
  const error = await registryFailure(
    new Response(broken, { status: 418 }),
    context,
  );
  assert.match(error.message, /answered 418$/);
});

test("any JSON and any text is taken, and gives one line (req-012)", () => {
  const redact = (text: string) => text;
  const check = (text: string) => {
    const { errors, words } = parseErrorBody(text, redact);
    assert.ok(words.length <= 301);
    assert.doesNotMatch(words, /\p{Cc}/u);
    for (const { code } of errors) assert.equal(typeof code, "string");
  };
  fc.assert(fc.property(fc.string({ unit: "binary" }), check));
  const entries = fc.array(
    fc.record({
      code: fc.jsonValue(),
      message: fc.jsonValue(),
      detail: fc.jsonValue(),
    }, { requiredKeys: [] }),
  );
  const bodies = fc.record({ errors: fc.oneof(fc.jsonValue(), entries) });
  fc.assert(fc.property(bodies, (body) => check(JSON.stringify(body))));
  for (
    const text of [
      "[".repeat(60_000),
      '{"errors":{"length":9e9}}',
      '{"errors":[null,1,[],{}]}',
    ]
  ) {
    check(text);
  }
});

test("every status at every step is a RegistryError that says where", async () => {
  const steps = [
    [/^POST /, /^Cannot push to registry\.test\/a: /],
    [/^PUT .*uploads/, /^Cannot push sha256:\w+ to registry\.test\/a: /],
    [/^PUT .*manifests/, /^Cannot push the manifest to registry\.test\/a:1: /],
  ] as const;
  const image = await sampleImage(someBytes(10));
  for (const [step, where] of steps) {
    for (const status of [400, 401, 403, 404, 413, 429, 500, 303]) {
      const fake = fakeRegistry();
      fake.override(step, () => errorResponse(status, "SOME_CODE", "words"));
      const target = new Registry("registry.test/a:1", {
        fetch: fake.fetch,
        clock: fakeClock(),
      });
      await assert.rejects(target.write(image), (error: RegistryError) => {
        assert.ok(error instanceof RegistryError);
        assert.equal(error.status, status);
        assert.match(error.message, where);
        assert.equal(error.errors[0]?.code, "SOME_CODE");
        return true;
      });
      assert.equal(fake.tags.size, 0);
    }
  }
});

test("a Location that is missing, or must not be followed (req-038) (rule 15: upload Location SSRF)", async () => {
  const locations = [
    undefined,
    "http://cdn.test/up",
    "ftp://cdn.test/up",
    "https://",
    "https://me:hunter2@cdn.test/up",
    "https://169.254.169.254/up",
    "https://127.0.0.1:9999/up",
    "https://10.0.0.1/up?sig=hunter2",
  ];
  for (const location of locations) {
    const fake = fakeRegistry();
    fake.override(/^POST/, () => {
      const headers = location === undefined ? undefined : { location };
      return new Response(null, { status: 202, headers });
    });
    await assert.rejects(
      new Registry("registry.test/a", { fetch: fake.fetch })
        .write(await sampleImage()),
      (error: RegistryError) => {
        assert.equal(error.code, "NETWORK");
        assert.match(error.message, /^Cannot push to registry\.test\/a: /);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
    assert.ok(!fake.lines().some((line) => line.startsWith("PUT")));
  }
});

test("a Location on another public host, by its own scheme, is used", async () => {
  for (
    const [reference, location] of [
      ["registry.test/a", "https://cdn.test/up"],
      ["127.0.0.1:5000/a", "http://127.0.0.1:5001/up"],
      ["127.0.0.1:5000/a", "https://cdn.test/up"],
    ] as const
  ) {
    const fake = fakeRegistry();
    fake.override(
      /^POST/,
      () => new Response(null, { status: 202, headers: { location } }),
    );
    fake.override(/^PUT/, () => new Response(null, { status: 201 }));
    await new Registry(reference, { fetch: fake.fetch })
      .write(await sampleImage());
    assert.ok(
      fake.requests.some(({ url }) =>
        url.href.startsWith(`${location}?digest`)
      ),
    );
  }
});

test("a PUT that is redirected is sent whole to where it leads", async () => {
  for (const status of [307, 308]) {
    const fake = fakeRegistry();
    const bodies: number[] = [];
    fake.override(/^PUT .*uploads/, async (request) => {
      bodies.push((await request.arrayBuffer()).byteLength);
      const location = "https://cdn.test/store?sig=1";
      return new Response(null, { status, headers: { location } });
    });
    fake.override(/^PUT \/store/, async (request) => {
      bodies.push((await request.arrayBuffer()).byteLength);
      return new Response(null, { status: 201 });
    });
    fake.override(
      /^PUT .*manifests/,
      () => new Response(null, { status: 201 }),
    );
    const image = await sampleImage(someBytes(500));
    await new Registry("registry.test/a", { fetch: fake.fetch }).write(image);
    assert.equal(bodies.filter((size) => size === 500).length, 2);
  }
});

test("go-containerregistry: bodies of errors", {
  skip: skipWithoutCorpora,
}, async () => {
  interface Row {
    body?: string;
    errorBody?: string;
    msg: string;
  }
  const corpus = readCorpus<Record<string, Row[]>>("http/errors-ggcr.json");
  const rows = [
    ...corpus["TestCheckErrorNotError.tests"] ?? [],
    ...corpus["TestCheckErrorWithError.tests"] ?? [],
  ];
  assert.equal(rows.length, 7);
  for (const { body, errorBody, msg } of rows) {
    const text = body ?? errorBody ?? "";
    const error = await registryFailure(
      new Response(text, { status: 400 }),
      context,
    );
    // What frames the registry's words is another text in each program.
    const words = msg
      .replace(/^.*status code \d+ [A-Za-z ]+(: |\(.*|$)/, "")
      .replace(/^multiple errors returned: /, "")
      .replace("; with some", ": with some");
    const shown = error.message.match(/answered 400(?: \((.*)\))?/)?.[1] ?? "";
    assert.equal(shown, words);
  }
});

test("the one error of OAuth2, as token servers send it", () => {
  const read = (body: unknown) =>
    parseErrorBody(JSON.stringify(body), (text) => text);
  assert.deepEqual(
    read({ error: "invalid_grant", error_description: "it has run out" }),
    {
      errors: [{ code: "invalid_grant", message: "it has run out" }],
      words: "invalid_grant: it has run out",
    },
  );
  assert.equal(read({ error: "invalid_scope" }).words, "invalid_scope");
  // A list counts for more, and what has another form is told as it is.
  assert.equal(read({ error: "a", errors: [{ code: "B" }] }).words, "B");
  for (const body of [{ error: { code: 403 } }, { error: "" }, { error: 1 }]) {
    const text = JSON.stringify(body);
    assert.deepEqual(read(body), { errors: [], words: text });
  }
});
