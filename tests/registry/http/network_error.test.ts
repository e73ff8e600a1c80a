import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import { test } from "node:test";
import {
  isTransient,
  networkError,
} from "../../../src/registry/http/network_error.ts";
import { plainText } from "../../../src/registry/http/plain_text.ts";
import { Registry } from "../../../src/registry/registry.ts";
import type { ScratchbuildError } from "../../../src/spec/error.ts";
import { fakeClock } from "../../support/fake_clock.ts";

/** An error with a code, inside of the error that `fetch` throws. */
function thrown(code: string, message: string): Error {
  const inner = code === ""
    ? new Error(message)
    : Object.assign(new Error(message), { code });
  return new TypeError("fetch failed", { cause: inner });
}

/** What each runtime was seen to throw, and what it comes to. */
const SEEN: readonly (readonly [why: RegExp, ...errors: Error[]])[] = [
  [
    /: connection refused\. Check the name and that the registry runs$/,
    thrown("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:5000"),
    thrown(
      "",
      "error sending request for url (https://a.test/?sig=secret): client error (Connect): tcp connect error: Connection refused (os error 111)",
    ),
    Object.assign(
      new TypeError(
        "ECONNREFUSED: Unable to connect. Is the computer able to access the url?",
      ),
      { code: "ECONNREFUSED" },
    ),
    new AggregateError([thrown("ECONNREFUSED", "connect ECONNREFUSED ::1:1")]),
  ],
  [
    /: the host name is not known\. Check the name/,
    thrown("ENOTFOUND", "getaddrinfo ENOTFOUND a.test"),
    thrown("EAI_AGAIN", "getaddrinfo EAI_AGAIN a.test"),
    thrown(
      "",
      "error sending request for url (https://a.test/): client error (Connect): dns error: failed to lookup address information: Name or service not known",
    ),
  ],
  [
    /: it does not speak https\. .*--insecure$/,
    thrown(
      "ERR_SSL_WRONG_VERSION_NUMBER",
      "error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl3_record.c:350:\n",
    ),
    thrown("EPROTO", "write EPROTO 80:error:0A00010B:SSL:wrong version number"),
    thrown(
      "EPROTO",
      "EPROTO: The TLS handshake failed. Does the server speak TLS on this port?",
    ),
    thrown(
      "",
      "client error (Connect): received corrupt message of type InvalidContentType",
    ),
  ],
  [
    /: TLS failed \(.+\)\. Check that the certificate/,
    thrown("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"),
    thrown("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first"),
    thrown("CERT_HAS_EXPIRED", "certificate has expired"),
    thrown("ERR_TLS_CERT_ALTNAME_INVALID", "Hostname does not match"),
    thrown("", "client error (Connect): invalid peer certificate: Expired"),
    thrown("EPROTO", "tlsv1 alert handshake failure"),
  ],
  [
    /: it closed the connection\. Try again/,
    thrown("ECONNRESET", "read ECONNRESET"),
    thrown("ECONNRESET", "socket hang up"),
    thrown("EPIPE", "write EPIPE"),
    thrown("UND_ERR_SOCKET", "other side closed"),
    thrown("ERR_SOCKET_CLOSED", "Socket is closed"),
    thrown("", "Connection reset by peer (os error 104)"),
    thrown("", "client error (SendRequest): connection closed before message"),
    thrown("", "error reading a body from connection"),
    thrown("", "Broken pipe (os error 32)"),
  ],
  [
    /: it did not answer in time\. /,
    thrown("ETIMEDOUT", "connect ETIMEDOUT 10.0.0.1:443"),
    thrown("UND_ERR_CONNECT_TIMEOUT", "Connect Timeout Error"),
    thrown("", "operation timed out"),
  ],
  [
    /: there is no route to it\. /,
    thrown("EHOSTUNREACH", "connect EHOSTUNREACH 10.0.0.1:443"),
    thrown("", "Network is unreachable (os error 101)"),
  ],
  [
    /: no byte came or went for too long\. Try again/,
    new Error("idle for 60 s"),
  ],
  [
    /: the browser could not reach it\. /,
    new TypeError("Failed to fetch"),
    new TypeError("Load failed"),
    new TypeError("NetworkError when attempting to fetch resource."),
  ],
  [/: bad port\. /, thrown("", "bad port")],
];

const url = new URL("https://a.test:5000/v2/?sig=secret");

test("what the runtimes throw is told in the same words", () => {
  for (const [why, ...errors] of SEEN) {
    for (const cause of errors) {
      const error = networkError(url, cause);
      assert.equal(error.code, "NETWORK");
      assert.equal(error.cause, cause);
      assert.match(error.message, /^Cannot reach a\.test:5000: /);
      assert.match(error.message, why);
      assert.doesNotMatch(error.message, /secret|\n/);
    }
  }
});

test("what passes, and what stays as it is", () => {
  const passes = (why: RegExp) =>
    /refused|closed|in time|no route|too long|browser/.test(why.source);
  for (const [why, ...errors] of SEEN) {
    for (const cause of errors) {
      const isAgain = cause.message.includes("EAI_AGAIN") ||
        (cause.cause as { code?: string } | undefined)?.code === "EAI_AGAIN";
      assert.equal(isTransient(cause), passes(why) || isAgain, String(why));
    }
  }
  assert.ok(!isTransient(undefined));
});

test("what is thrown may be anything", () => {
  const loop = new Error("");
  loop.cause = loop;
  for (const cause of [undefined, null, "text", {}, loop, new Error("")]) {
    assert.match(networkError(url, cause).message, /: unknown failure\. /);
  }
});

/** What a push over the runtime's own `fetch` says of a server. */
async function failureAt(
  server: Server,
  insecure?: boolean,
): Promise<ScratchbuildError> {
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  try {
    const target = new Registry(`127.0.0.1:${port}/a`, {
      insecure,
      clock: fakeClock(),
    });
    return await target.authenticate().then(
      () => assert.fail("was answered"),
      (error) => error,
    );
  } finally {
    server.close();
  }
}

test("a registry that speaks http where https is expected", async () => {
  const server = createHttpServer((_, response) => response.end());
  const error = await failureAt(server, false);
  assert.equal(error.code, "NETWORK");
  assert.match(error.message, /does not speak https\. .*--insecure/);
  server.closeAllConnections();
});

test("a server that hangs up", async () => {
  const sockets: { destroy(): void }[] = [];
  const error = await failureAt(createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", () => socket.destroy());
  }));
  assert.equal(error.code, "NETWORK");
  assert.match(error.message, /: it closed the connection\. /);
});

test("a port that nobody listens on", async () => {
  const server = createServer();
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await new Promise((resolve) => server.close(resolve));
  const clock = fakeClock();
  const target = new Registry(`127.0.0.1:${port}/a`, { clock });
  await assert.rejects(target.authenticate(), {
    code: "NETWORK",
    message: `Cannot reach 127.0.0.1:${port}: connection refused. ` +
      "Check the name and that the registry runs",
  });
});

test("a text from outside becomes one short line", () => {
  assert.equal(plainText(" a\r\n\tb\u0000c\u202Ed\u2028e ", 50), "a b c d e");
  assert.equal(
    plainText("see https://x.test/a?token=t&b=c, or (http://y?z)", 99),
    "see https://x.test/a or (http://y)",
  );
  assert.equal(plainText("abcdef", 3), "abc…");
  assert.equal(plainText("ab\u{1F600}", 3), "ab\uFFFD…");
  assert.equal(plainText("https://x/".repeat(100_000), 5), "https…");
});
