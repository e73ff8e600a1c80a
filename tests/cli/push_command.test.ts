import assert from "node:assert/strict";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Interruption } from "../../src/cli/context.ts";
import { fileUploadJournal } from "../../src/machine/upload_journal.ts";
import { runInProcess } from "./run_in_process.ts";
import { takesAll, withRegistry } from "./with_registry.ts";

test("a pushed image is named by its repository, and tagged as told", async () => {
  const requests: string[] = [];
  await withRegistry((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    takesAll(request, response);
  }, async (host, source) => {
    const { status, stdout, stderr } = await runInProcess([
      "push",
      ...["--dir", source, "--name", "me/app", "--regurl", `http://${host}`],
      ...["--tag", "v1", "--tag", "latest"],
    ]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^[\d.:]+\/me\/app@sha256:[0-9a-f]{64}\n$/);
    assert.ok(stdout.startsWith(`${host}/me/app@`));
    assert.match(stderr, /\nsent \/: \d+ B\n$/);
    assert.deepEqual(
      requests.filter((line) => /^PUT .*manifests/.test(line)).sort(),
      ["PUT /v2/me/app/manifests/latest", "PUT /v2/me/app/manifests/v1"],
    );
  });
});

test("credentials reach the registry", async () => {
  let authorization: string | undefined;
  const basic = `Basic ${btoa("me:secret")}`;
  await withRegistry((request, response) => {
    authorization = request.headers.authorization ?? authorization;
    if (request.headers.authorization === basic) {
      return takesAll(request, response);
    }
    response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end();
  }, async (host, source) => {
    const argv = ["push", source, `${host}/app`];
    const cases: [
      flags: string[],
      options: { env?: Record<string, string>; stdin?: string },
      status: number,
    ][] = [
      [["--username", "me", "--password", "secret"], {}, 0],
      [["--username", "me", "--password-stdin"], { stdin: "secret\n" }, 0],
      [["--username", "me"], { env: { SCRATCHBUILD_PASSWORD: "secret" } }, 0],
      [["--username", "me", "--password", "hunter2"], {}, 3],
      [[], {}, 3],
    ];
    for (const [flags, options, expected] of cases) {
      authorization = undefined;
      const { status, stderr } = await runInProcess(
        [...argv, "--quiet", ...flags],
        options,
      );
      assert.equal(status, expected, stderr);
      if (expected === 0) assert.equal(authorization, basic);
      else assert.match(stderr, /^scratchbuild: Cannot [^\n]*\n$/);
      assert.ok(!/secret|hunter2/.test(stderr));
    }
  });
});

test("what a registry answers decides on the exit status", async () => {
  const cases: [status: number, body: string, expected: number][] = [
    [401, "", 3],
    [403, '{"errors":[{"code":"DENIED","message":"no\u001b[31m\\nway"}]}', 3],
    [404, '{"errors":[{"code":"NAME_UNKNOWN"}]}', 4],
    [400, '{"errors":[{"code":"DIGEST_INVALID"}]}', 4],
    [418, "<html>teapot</html>", 4],
  ];
  for (const [status, body, expected] of cases) {
    await withRegistry((request, response) => {
      if (request.method === "POST") {
        response.writeHead(status, { "content-type": "application/json" })
          .end(body);
      } else takesAll(request, response);
    }, async (host, source) => {
      const argv = ["push", source, `${host}/app`, "--progress", "none"];
      const result = await runInProcess(argv);
      assert.equal(result.status, expected, result.stderr);
      assert.equal(result.stdout, "");
      // deno-lint-ignore no-control-regex -- there shall be none
      assert.match(result.stderr, /^scratchbuild: Cannot [^\n\x1b]*\n$/);
    });
  }
});

test("a registry that cannot be reached is status 4", async () => {
  let gone = "";
  await withRegistry(takesAll, (host) => {
    gone = host;
    return Promise.resolve();
  });
  await withRegistry(takesAll, async (_host, source) => {
    const argv = ["push", source, `${gone}/app`, "--quiet"];
    const { status, stderr } = await runInProcess(argv);
    assert.equal(status, 4);
    assert.match(stderr, /^scratchbuild: Cannot reach [^\n]*refused[^\n]*\n$/);
  });
});

test("where a later destination fails, the ones before are told of", async () => {
  await withRegistry((_request, response) => {
    response.writeHead(403).end();
  }, async (host, source) => {
    const layout = `${source}-layout`;
    const argv = ["build", source, "-o", `oci:${layout}`, "-o", `${host}/app`];
    const lines = await runInProcess(argv);
    assert.equal(lines.status, 3);
    assert.match(lines.stdout, /^oci:[^\n]*@sha256:[0-9a-f]{64}\n$/);
    const json = await runInProcess([...argv, "--json"]);
    assert.equal(json.status, 3);
    assert.equal(json.stdout, "");
  });
});

test("a digest in the reference is what the image must come to", async () => {
  await withRegistry(takesAll, async (host, source) => {
    const push = (digest: string) =>
      runInProcess(["push", source, `${host}/app@${digest}`, "--quiet"]);
    const other = `sha256:${"0".repeat(64)}`;
    const wrong = await push(other);
    assert.equal(wrong.status, 1);
    const [digest = ""] = /sha256:(?!0{64})[0-9a-f]{64}/.exec(wrong.stderr) ??
      [];
    assert.match(wrong.stderr, /the digest of the image is sha256:/);
    assert.deepEqual(await push(digest), {
      status: 0,
      stdout: `${host}/app@${digest}\n`,
      stderr: "",
    });
  });
});

test("an interruption ends a push that hangs", async () => {
  const controller = new AbortController();
  await withRegistry((request) => {
    if (request.method === "HEAD" || request.method === "GET") {
      setTimeout(() => controller.abort(new Interruption("SIGINT")), 10);
    }
  }, async (host, source) => {
    const { signal } = controller;
    const argv = ["push", source, `${host}/app`, "--quiet"];
    const { status, stderr } = await runInProcess(argv, { signal });
    assert.equal(status, 130);
    assert.equal(
      stderr,
      "scratchbuild: Cannot finish: interrupted by SIGINT\n",
    );
  });
});

test("what is in one repository is mounted into the next", () => {
  const mounts: string[] = [];
  return withRegistry((request, response) => {
    const { url = "", method } = request;
    if (method === "POST" && url.includes("mount=")) {
      mounts.push(url.replace(/sha256[^&]*/, "DIGEST"));
      response.writeHead(201).end();
    } else takesAll(request, response);
  }, async (host, source) => {
    const { status, stderr } = await runInProcess([
      ...["build", source, "-o", `${host}/a:1`, "-o", `${host}/a:2`],
      ...["-o", `${host}/b`],
    ]);
    assert.equal(status, 0, stderr);
    assert.deepEqual([...new Set(mounts)], [
      "/v2/b/blobs/uploads/?mount=DIGEST&from=a",
    ]);
    assert.match(
      stderr,
      /\nmounted \/ in [\d.:]+\/b: \d+ B, from the same registry\n$/,
    );
  });
});

test("--concurrency bounds how much is on its way at once", () => {
  let running = 0;
  let most = 0;
  return withRegistry((request, response) => {
    if (request.method !== "PUT" || !request.url?.includes("digest=")) {
      return takesAll(request, response);
    }
    most = Math.max(most, ++running);
    request.on("end", () => {
      setTimeout(() => {
        running--;
        response.writeHead(201).end();
      }, 50);
    });
  }, async (host, source) => {
    const sources = [1, 2, 3, 4, 5].map((n) => `${source}:/${n}`);
    const built = await runInProcess([
      ...["build", ...sources, "-o", `oci:${source}.layout`, "--quiet"],
    ]);
    const [, digest] = built.stdout.trim().split("@");
    const push = async (reference: string, ...flags: string[]) => {
      most = 0;
      const argv = ["push", ...sources, reference, ...flags];
      const { status, stderr } = await runInProcess(argv);
      assert.equal(status, 0, stderr);
      return most;
    };
    // With a digest, nothing is sent before all is packed.
    const whole = `${host}/app:1@${digest}`;
    assert.equal(await push(whole, "--concurrency", "1"), 1);
    assert.equal(await push(whole), 4);
    // Layers are sent while others are packed: how many meet is chance.
    assert.equal(await push(`${host}/app`, "--concurrency", "1"), 1);
    assert.ok(await push(`${host}/app`) <= 4);
  });
});

interface BegunUpload {
  /** Pushes what had been begun. */
  readonly push: (
    signal?: AbortSignal,
  ) => ReturnType<typeof runInProcess>;
  /** Bytes of the layer, and those of them that the registry has. */
  readonly size: number;
  readonly stored: () => number;
}

/**
 * Lends a registry that has the first megabyte of a layer, and a journal that
 * says so.
 *
 * @param onPatch Is told of every request with a part of the layer.
 */
function withBegunUpload(
  onPatch: () => void,
  use: (upload: BegunUpload) => Promise<void>,
): Promise<void> {
  let stored = 1_000_000;
  return withRegistry((request, response) => {
    const { method, url = "" } = request;
    const answer = (status: number) =>
      response.writeHead(status, {
        location: url,
        range: `0-${stored - 1}`,
      }).end();
    if (!url.includes("/uploads/begun")) return takesAll(request, response);
    if (method === "GET") return answer(204);
    if (method === "PATCH") onPatch();
    request.on("data", (chunk) => stored += chunk.length);
    request.on("end", () => answer(method === "PATCH" ? 202 : 201));
  }, async (host, source) => {
    await truncate(join(source, "file"), 6_000_000);
    const flags = ["--compression", "none"];
    const built = await runInProcess([
      ...["build", source, "-o", `${source}.tar`, "--json", ...flags],
    ]);
    const [{ digest, size }] = JSON.parse(built.stdout).images[0].layers;
    const cache = `${source}-cache`;
    const journal = fileUploadJournal(join(cache, "uploads"));
    await journal.save({ repository: `${host}/app`, digest }, {
      location: `http://${host}/v2/app/blobs/uploads/begun`,
      offset: stored,
    });
    const env = { SCRATCHBUILD_CACHE_DIR: cache };
    const argv = ["push", source, `${host}/app`, ...flags];
    await use({
      size,
      stored: () => stored,
      push: (signal) => runInProcess(argv, { env, ...(signal && { signal }) }),
    });
  });
}

test("an upload of an earlier run goes on where that stopped", () =>
  withBegunUpload(() => {}, async ({ push, size, stored }) => {
    const { status, stderr } = await push();
    assert.equal(status, 0, stderr);
    assert.match(stderr, /\nresuming \/ at 1\.0 MB\nsent \/: 6\.0 MB\n$/);
    assert.equal(stored(), size);
  }));

test("an interruption says so where the next run can go on", () => {
  const controller = new AbortController();
  return withBegunUpload(
    () => controller.abort(new Interruption("SIGINT")),
    async ({ push }) => {
      const { status, stderr } = await push(controller.signal);
      assert.equal(status, 130);
      assert.match(
        stderr,
        /\nscratchbuild: Cannot finish: interrupted by SIGINT; the next run goes on from what the registry kept\n$/,
      );
    },
  );
});
