import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource } from "../../../src/bytes/byte_source.ts";
import {
  type Answer,
  type Fetch,
  Transport,
  type TransportOptions,
  type TransportRequest,
} from "../../../src/registry/http/transport.ts";
import { fetchUpload } from "../../../src/registry/http/upload.ts";
import { ScratchbuildError } from "../../../src/spec/error.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";

/** Answers by URL; whatever is not in the table is 200. */
type Table = Record<string, readonly [status: number, location?: string]>;

interface Sent {
  readonly answer: Answer;
  /** `METHOD URL [AUTHORIZATION] [BODY]` of each request. */
  readonly hops: string[];
  /** How many bodies of answers were let go of. */
  readonly cancelled: number;
}

/** Sends `GET https://a.test/1` with a credential, unless told. */
async function send(
  table: Table,
  request: Partial<TransportRequest> = {},
  options: Partial<TransportOptions> = {},
): Promise<Sent> {
  const hops: string[] = [];
  let cancelled = 0;
  const server: Fetch = async (request) => {
    assert.equal(request.redirect, "manual");
    const { method, url, headers } = request;
    const authorization = headers.get("authorization") ?? "";
    hops.push(
      `${method} ${url} ${authorization} ${await request.text()}`.trim(),
    );
    const [status, location] = table[url] ?? [200];
    const body = new ReadableStream({ cancel: () => void cancelled++ });
    const response = new Response(body, { status });
    if (location !== undefined) response.headers.set("location", location);
    return response;
  };
  const answer = await new Transport({
    fetch: server,
    upload: fetchUpload(server),
    ...options,
  }).send({
    method: "GET",
    url: new URL("https://a.test/1"),
    authorization: "T",
    ...request,
  });
  return { answer, hops, cancelled };
}

test("a redirect is followed, relative to where it came from", async () => {
  const { answer, hops, cancelled } = await send({
    "https://a.test/1": [301, "2?q=%2f"],
    "https://a.test/2?q=%2f": [302, "/3"],
    "https://a.test/3": [308, "https://a.test/4"],
  });
  assert.deepEqual(hops, [
    "GET https://a.test/1 T",
    "GET https://a.test/2?q=%2f T",
    "GET https://a.test/3 T",
    "GET https://a.test/4 T",
  ]);
  assert.equal(answer.url.href, "https://a.test/4");
  assert.equal(cancelled, 3);
});

test("the credential stays with its origin, and does not come back (req-008) (rule 2: credential forwarding, CVE-2026-48978, GHSA-qvqc-4c52-x6qp) (fault: redirect to blob store: auth stripped; signed URL intact)", async () => {
  const query = "?sig=a%2Fb%2f+c&x=%7E";
  for (const other of ["https://b.test/", "https://a.test:444/"]) {
    const { hops } = await send({
      "https://a.test/1": [307, `${other}2${query}`],
      [`${other}2${query}`]: [307, "https://a.test/3"],
    });
    assert.deepEqual(hops, [
      "GET https://a.test/1 T",
      `GET ${other}2${query}`,
      "GET https://a.test/3",
    ]);
  }
});

test("method and body are the same after a redirect (req-009)", async () => {
  for (const status of [301, 302, 307, 308]) {
    const { hops } = await send(
      { "https://a.test/1": [status, "/2"] },
      { method: "PUT", body: bytesSource(new TextEncoder().encode("body")) },
    );
    assert.deepEqual(hops, [
      "PUT https://a.test/1 T body",
      "PUT https://a.test/2 T body",
    ]);
  }
});

test("303 is followed where the method may stay", async () => {
  const table: Table = { "https://a.test/1": [303, "/2"] };
  assert.equal((await send(table)).hops.length, 2);
  assert.equal((await send(table, { method: "HEAD" })).hops.length, 2);
  const { hops, answer } = await send(table, { method: "POST" });
  assert.equal(hops.length, 1);
  assert.equal(answer.response.status, 303);
});

test("a redirect is the answer where there is nowhere to go", async () => {
  for (
    const table of [{ "https://a.test/1": [307] }, {
      "https://a.test/1": [307, "https://"],
    }] as Table[]
  ) {
    assert.equal((await send(table)).answer.response.status, 307);
  }
  const { answer } = await send(
    { "https://a.test/1": [307, "/2"] },
    { followRedirects: false },
  );
  assert.equal(answer.response.status, 307);
});

const refused = (error: ScratchbuildError) => {
  assert.ok(error instanceof ScratchbuildError);
  assert.equal(error.code, "NETWORK");
  assert.match(error.message, /^Cannot follow the redirect of a\.test to /);
  assert.doesNotMatch(error.message, /secret/);
  return true;
};

test("five redirects are followed, a sixth is not (fault: redirect loop, > N hops, https→http)", async () => {
  const chain = (length: number): Table =>
    Object.fromEntries(
      Array.from({ length }, (_, i) => [
        `https://a.test/${i + 1}`,
        [307, `/${i + 2}`] as const,
      ]),
    );
  assert.equal((await send(chain(5))).hops.length, 6);
  await assert.rejects(send(chain(6)), refused);
  await assert.rejects(send({ "https://a.test/1": [307, "/1"] }), refused);
});

test("https is not left, nor the public network, nor http (fault: redirect loop, > N hops, https→http)", async () => {
  for (
    const location of [
      "http://a.test/1",
      "http://b.test/2",
      "ftp://b.test/2",
      "data:,hello",
      "https://me:secret@b.test/",
      "https://169.254.169.254/latest/meta-data/",
      "https://localhost/",
      "https://[::ffff:7f00:1]/",
    ]
  ) {
    await assert.rejects(
      send({ "https://a.test/1": [307, location] }),
      refused,
      location,
    );
  }
});

test(
  "go-containerregistry: redirects that are followed, and that are not (rule 1: realm exfiltration, ggcr#2359)",
  {
    skip: skipWithoutCorpora,
  },
  async () => {
    const { redirectBlocked, redirectAllowed } = readCorpus<
      Record<string, { orig: string; dest: string }[]>
    >("http/ssrf.json");
    const from = (orig: string, dest: string) => ({
      table: { [`http://${orig}/1`]: [307, dest] } as Table,
      request: { url: new URL(`http://${orig}/1`) },
    });
    for (const { orig, dest } of redirectBlocked ?? []) {
      const { table, request } = from(orig, dest);
      await assert.rejects(send(table, request), { code: "NETWORK" }, dest);
    }
    for (const { orig, dest } of redirectAllowed ?? []) {
      const { table, request } = from(orig, dest);
      assert.equal((await send(table, request)).hops.length, 2, dest);
    }
  },
);

test("an error of the runtime is a network error, told without the URL", async () => {
  const cause = new TypeError("cannot fetch https://a.test/1?sig=secret");
  const server: Fetch = () => Promise.reject(cause);
  await assert.rejects(
    new Transport({ fetch: server, upload: fetchUpload(server) }).send({
      method: "GET",
      url: new URL("https://a.test/1?sig=secret"),
    }),
    (error: ScratchbuildError) => {
      assert.equal(error.code, "NETWORK");
      assert.equal(error.cause, cause);
      assert.match(error.message, /^Cannot reach a\.test: /);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    },
  );
});

test("a signal stops a request, whatever it fails with", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const server: Fetch = () => {
    controller.abort(reason);
    return Promise.reject(new TypeError("fetch failed"));
  };
  const transport = new Transport({
    fetch: server,
    upload: fetchUpload(server),
  });
  const request: TransportRequest = {
    method: "GET",
    url: new URL("https://a.test/1"),
    signal: controller.signal,
  };
  for (let time = 0; time < 2; time++) {
    await assert.rejects(transport.send(request), {
      code: "ABORTED",
      cause: reason,
    });
  }
});

test("the body of a request is opened with its size and counted", async () => {
  const counts: number[] = [];
  await send({}, {
    method: "PUT",
    body: bytesSource(new Uint8Array(10)),
    onProgress: (bytes) => void counts.push(bytes),
  });
  assert.deepEqual(counts, [10]);
});

test("a redirect to http at the same host goes on by https", async () => {
  const { hops } = await send({
    "https://a.test/1": [307, "http://a.test/2?sig=%2f"],
  });
  assert.deepEqual(hops, [
    "GET https://a.test/1 T",
    "GET https://a.test/2?sig=%2f T",
  ]);
});

test("a chain of redirects does not walk into a network (rule 1: realm exfiltration)", async () => {
  const trust = new URL("https://registry.test/v2/");
  const table: Table = { "https://a.test/1": [307, "https://10.0.0.1/2"] };
  await assert.rejects(send(table, { trust }), refused);
  // Where the first link is in the network itself, the registry counts as well.
  await assert.rejects(
    send({}, { trust, url: new URL("https://10.0.0.1/1") }),
    /^ScratchbuildError: Cannot ask 10\.0\.0\.1: .*--allow-host 10\.0\.0\.1/,
  );
  const near = new URL("http://10.0.0.9:5000/v2/");
  const url = new URL("http://10.0.0.1/1");
  const { hops } = await send(
    { "http://10.0.0.1/1": [307, "http://10.0.0.2/2"] },
    { trust: near, url },
  );
  assert.equal(hops.length, 2);
});

test("an allowed host is gone to, without the credential (rule 2: credential forwarding)", async () => {
  const table: Table = { "https://a.test/1": [307, "https://10.0.0.1:8443/2"] };
  const { hops } = await send(table, {}, { allowHosts: ["10.0.0.1:8443"] });
  assert.deepEqual(hops, [
    "GET https://a.test/1 T",
    "GET https://10.0.0.1:8443/2",
  ]);
  await assert.rejects(
    send(table, {}, { allowHosts: ["10.0.0.1:8444"] }),
    refused,
  );
});

test("a redirect loop ends (fault: redirect loop, > N hops, https→http)", async () => {
  await assert.rejects(
    send({
      "https://a.test/1": [307, "https://b.test/2"],
      "https://b.test/2": [307, "https://a.test/1"],
    }),
    /Cannot follow the redirect of b\.test to a\.test: there were 5 before it/,
  );
});

test("nothing is asked to be compressed, and everything says who asks", async () => {
  const headers: Headers[] = [];
  const server: Fetch = (request) => {
    headers.push(request.headers);
    return Promise.resolve(new Response());
  };
  const transport = new Transport({
    fetch: server,
    upload: fetchUpload(server),
  });
  const url = new URL("https://a.test/1");
  await transport.send({ method: "GET", url, headers: { accept: "x/y" } });
  const body = bytesSource(new Uint8Array(1));
  await transport.send({ method: "PUT", url, body });
  for (const sent of headers) {
    assert.equal(sent.get("accept-encoding"), "identity");
    assert.match(sent.get("user-agent") ?? "", /^scratchbuild\//);
  }
  assert.equal(headers[0]?.get("accept"), "x/y");
});

test("a header that would end in the middle is refused before anything is sent (rule: HTTP header injection)", async () => {
  const bad: Record<string, string>[] = [
    { accept: "a\r\nx-evil: 1" },
    { accept: "a\nb" },
    { accept: "a\u0000b" },
    { accept: "snow\u2603" },
    { "a b": "c" },
    { "a\r\nb": "c" },
    { "": "c" },
  ];
  for (const headers of bad) {
    await assert.rejects(
      send({}, { headers }),
      (error: ScratchbuildError) => {
        assert.equal(error.code, "USAGE");
        assert.match(error.message, /^Cannot send a request to a\.test: the /);
        assert.doesNotMatch(error.message, /evil|\n/);
        return true;
      },
    );
  }
  await assert.rejects(
    send({}, { authorization: "secret\r\nx: y" }),
    (error) => {
      assert.doesNotMatch(String(error), /secret/);
      return true;
    },
  );
});

test("a URL with a user name is not asked", async () => {
  await assert.rejects(
    send({}, { url: new URL("https://me:secret@a.test/") }),
    (error: ScratchbuildError) => {
      assert.equal(error.code, "NETWORK");
      assert.match(error.message, /holds a user name or a password/);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    },
  );
});

test("an answer that was coded on its way says so to who reads it (fault: Content-Encoding: gzip on a blob)", async () => {
  const server: Fetch = () =>
    Promise.resolve(
      new Response("x", { headers: { "content-encoding": "gzip" } }),
    );
  const transport = new Transport({
    fetch: server,
    upload: fetchUpload(server),
  });
  const url = new URL("https://a.test/1");
  const { response } = await transport.send({ method: "GET", url });
  assert.equal(response.headers.get("content-encoding"), "gzip");
});
