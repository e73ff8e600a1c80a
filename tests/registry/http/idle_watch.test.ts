import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource, streamOf } from "../../../src/bytes/byte_source.ts";
import { systemClock } from "../../../src/registry/http/clock.ts";
import { IdleWatch } from "../../../src/registry/http/idle_watch.ts";
import { registryFailure } from "../../../src/registry/http/registry_failure.ts";
import {
  type Answer,
  Transport,
} from "../../../src/registry/http/transport.ts";
import { fetchUpload, type Upload } from "../../../src/registry/http/upload.ts";
import { RegistryError } from "../../../src/registry/registry_error.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { scriptedTransport, type Step } from "./scripted_transport.ts";

const TIMEOUT = 60_000;
const dead = (error: Error & { code: string }) => {
  assert.equal(error.code, "NETWORK");
  assert.match(error.message, /^Cannot reach a\.test: no byte came or went /);
  return true;
};

/** Counts the listeners that a signal has. */
function countedSignal(): { signal: AbortSignal; listeners: () => number } {
  const { signal } = new AbortController();
  let count = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    count++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    count--;
    remove(...args);
  };
  return { signal, listeners: () => count };
}

/** Never answers, and notes whether the request was really given up. */
function silence(aborted: unknown[] = []): Step {
  return (request) =>
    new Promise((_, reject) =>
      request.signal.addEventListener("abort", () => {
        aborted.push(request.signal.reason);
        reject(request.signal.reason);
      })
    );
}

/** A body whose chunks come when they are told to. */
function slowBody(): {
  body: ReadableStream<Uint8Array>;
  send: (text: string) => void;
  cancelled: () => boolean;
} {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (own) => void (controller = own),
    cancel: () => void (isCancelled = true),
  });
  return {
    body,
    send: (text) => controller?.enqueue(new TextEncoder().encode(text)),
    cancelled: () => isCancelled,
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

test("no headers: the request is given up, and made again (fault: stalled headers)", async () => {
  const aborted: unknown[] = [];
  const clock = fakeClock();
  const script = scriptedTransport([silence(aborted)], { clock });
  const sending = assert.rejects(script.send(), dead);
  for (let attempt = 0; attempt < 3; attempt++) {
    await clock.untilWaiting();
    await clock.advance(TIMEOUT - 1);
    assert.equal(aborted.length, attempt);
    await clock.advance(1);
    assert.equal(aborted.length, attempt + 1);
  }
  // The third one is past the time that the host has in all.
  await sending;
  assert.equal(script.sent.length, 3);
  assert.deepEqual(clock.waiting, []);
});

test("a fetch that does not heed its signal is given up as well", async () => {
  const clock = fakeClock();
  let cancelled = false;
  let answer = (_: Response) => {};
  const script = scriptedTransport([
    () => new Promise((resolve) => answer = resolve),
  ], { clock, retry: { attempts: 1 } });
  const sending = assert.rejects(script.send(), dead);
  await clock.untilWaiting();
  await clock.advance(TIMEOUT);
  await sending;
  // What comes too late is let go of.
  const body = new ReadableStream({ cancel: () => void (cancelled = true) });
  answer(new Response(body));
  await turn();
  assert.ok(cancelled);
});

test("a body that stops coming (fault: stalled body)", async () => {
  const clock = fakeClock();
  const { body, send, cancelled } = slowBody();
  const script = scriptedTransport([() => new Response(body)], { clock });
  const answer = await script.send();
  const { signal, listeners } = countedSignal();
  const chunks = script.transport.read(answer, signal);
  send("a");
  assert.deepEqual((await chunks.next()).value, new Uint8Array([97]));
  const next = assert.rejects(chunks.next(), dead);
  await clock.untilWaiting();
  await clock.advance(2 * TIMEOUT);
  await next;
  assert.ok(cancelled());
  assert.deepEqual(clock.waiting, []);
  assert.equal(listeners(), 0);
});

test("a slow body is not a dead one (fault: 1 byte per second)", async () => {
  const clock = fakeClock({ passes: 0 });
  const { body, send } = slowBody();
  const script = scriptedTransport([() => new Response(body)], { clock });
  const answer = await script.send();
  const chunks = script.transport.read(answer);
  for (let i = 0; i < 20; i++) {
    const next = chunks.next();
    await clock.advance(TIMEOUT - 1);
    send("a");
    assert.equal((await next).value?.byteLength, 1);
  }
  await chunks.return();
  assert.deepEqual(clock.waiting, []);
});

test("a reader that is slow itself does not make the connection dead", async () => {
  const clock = fakeClock();
  const { body, send } = slowBody();
  const script = scriptedTransport([() => new Response(body)], { clock });
  const chunks = script.transport.read(await script.send());
  send("a");
  await chunks.next();
  await clock.advance(100 * TIMEOUT);
  const next = chunks.next();
  await clock.advance(TIMEOUT - 1);
  send("b");
  assert.equal((await next).done, false);
  await chunks.return();
});

test("the body of a refusal that stops coming still tells the status", async () => {
  const clock = fakeClock();
  const { body, send } = slowBody();
  const script = scriptedTransport([
    () => new Response(body, { status: 403, headers: { "x-a": "b" } }),
  ], { clock });
  send("so there");
  const sending = script.send();
  await clock.untilWaiting();
  await turn();
  await clock.advance(2 * TIMEOUT);
  const { response } = await sending;
  assert.equal(response.headers.get("x-a"), "b");
  const error = await registryFailure(response, {
    what: "push",
    registry: "a.test",
    credential: "none",
    redact: (text) => text,
  });
  assert.ok(error instanceof RegistryError);
  assert.match(error.message, /answered 403 \(so there\)/);
});

test("an interruption is noticed while a refusal is read (fault: abort signal / deadline)", async () => {
  const { body } = slowBody();
  const script = scriptedTransport([() => new Response(body, { status: 403 })]);
  const controller = new AbortController();
  const sending = script.send({ signal: controller.signal });
  await turn();
  controller.abort(new Error("enough"));
  await assert.rejects(sending, { code: "ABORTED" });
});

test("an interruption is noticed while a body is read (fault: abort signal / deadline)", async () => {
  const { body, cancelled } = slowBody();
  const script = scriptedTransport([() => new Response(body)]);
  const answer = await script.send();
  const controller = new AbortController();
  const reading = script.transport.readBody(answer, controller.signal);
  const failed = assert.rejects(reading, { code: "ABORTED" });
  await turn();
  controller.abort(new Error("enough"));
  await failed;
  assert.ok(cancelled());
});

test("a body that breaks off is an error (fault: truncated response)", async () => {
  const chunks = async function* () {
    yield new Uint8Array(3);
    throw Object.assign(new TypeError("terminated"), { code: "ECONNRESET" });
  };
  const script = scriptedTransport([() => new Response(streamOf(chunks()))]);
  const read = async (answer: Answer) => {
    for await (const _ of script.transport.read(answer));
  };
  await assert.rejects(read(await script.send()), {
    code: "NETWORK",
    message: /^Cannot reach a\.test: it closed the connection/,
  });
});

/** A transport whose uploads are up to the test. */
function uploading(upload: Upload): {
  clock: ReturnType<typeof fakeClock>;
  put: () => Promise<Answer>;
} {
  const clock = fakeClock();
  const transport = new Transport({
    fetch: () => assert.fail("nothing is fetched"),
    upload,
    clock,
    retry: { attempts: 1 },
  });
  const put = () =>
    transport.send({
      method: "PUT",
      url: new URL("https://a.test/1"),
      body: bytesSource(new Uint8Array(100)),
    });
  return { clock, put };
}

test("an upload lives as long as bytes go out", async () => {
  let progress = (_: number) => {};
  let answer = (_: Response) => {};
  const { clock, put } = uploading(({ onProgress }) => {
    progress = (bytes) => onProgress?.(bytes);
    return new Promise((resolve) => answer = resolve);
  });
  const sending = put();
  await clock.untilWaiting();
  for (let bytes = 1; bytes < 100; bytes++) {
    await clock.advance(TIMEOUT - 1);
    progress(bytes);
  }
  // All is sent: the registry may take its time to store it.
  progress(100);
  await clock.advance(5 * TIMEOUT - 1);
  answer(new Response(null, { status: 201 }));
  assert.equal((await sending).response.status, 201);
});

test("an upload of which no byte goes out any more is dead", async () => {
  for (const [bytes, periods] of [[0, 1], [50, 2], [100, 6]] as const) {
    let isAborted = false;
    const { clock, put } = uploading(({ onProgress, signal }) => {
      if (bytes > 0) onProgress?.(bytes);
      signal?.addEventListener("abort", () => void (isAborted = true));
      return new Promise(() => {});
    });
    const sending = assert.rejects(put(), dead);
    await clock.untilWaiting();
    await clock.advance(periods * TIMEOUT - 1);
    assert.ok(!isAborted, String(bytes));
    await clock.advance(1);
    assert.ok(isAborted);
    await sending;
  }
});

test("a source that is slow does not make the connection dead", async () => {
  let give = () => {};
  const slow = new Promise<void>((resolve) => give = resolve);
  const source = {
    size: 2,
    stream: () =>
      streamOf((async function* () {
        yield new Uint8Array(1);
        await slow;
        yield new Uint8Array(1);
      })()),
  };
  const clock = fakeClock();
  const upload = fetchUpload(async (request) => {
    await request.arrayBuffer();
    return new Response(null, { status: 201 });
  });
  const fetch = () => Promise.reject(new Error("not asked"));
  const transport = new Transport({ fetch, upload, clock });
  const url = new URL("https://a.test/v2/");
  const sending = transport.send({ method: "PUT", url, body: source });
  await clock.untilWaiting();
  await turn();
  await clock.advance(100 * TIMEOUT);
  give();
  assert.equal((await sending).response.status, 201);
});

test("a body that fetch takes whole has time to go out", async () => {
  const { clock, put } = uploading(fetchUpload(() => new Promise(() => {})));
  const sending = assert.rejects(put(), dead);
  await clock.untilWaiting();
  await clock.advance(6 * TIMEOUT);
  assert.equal(clock.waiting.length, 1);
  await clock.advance(TIMEOUT);
  await sending;
});

test("no time-out, no timer", () => {
  const clock = fakeClock({ passes: 0 });
  const watch = new IdleWatch({ clock, idleTimeout: Infinity });
  assert.deepEqual(clock.waiting, []);
  watch.end();
});

test("nothing is left of a request (fault: no leaked socket, timer)", async () => {
  const { signal, listeners } = countedSignal();
  let timers = 0;
  const clock = {
    now: systemClock.now,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      timers++;
      try {
        await systemClock.sleep(milliseconds, signal);
      } finally {
        timers--;
      }
    },
  };
  const answers = [200, 204, 404, 503, 200];
  const fetch = () => {
    const code = answers.shift() ?? 200;
    const body = code === 204 ? null : "text";
    return Promise.resolve(new Response(body, { status: code }));
  };
  const transport = new Transport({
    fetch,
    upload: fetchUpload(fetch),
    clock,
    random: () => 0,
  });
  for (let i = 0; i < 4; i++) {
    const url = new URL("https://a.test/1");
    const body = i % 2 === 0 ? undefined : bytesSource(new Uint8Array(9));
    const answer = await transport.send({
      method: body ? "PUT" : "GET",
      url,
      body,
      signal,
    });
    await transport.readBody(answer, signal);
    await turn();
    assert.equal(listeners(), 0);
    assert.equal(timers, 0);
  }
});
