import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { Interruption } from "../../src/cli/context.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { runInProcess } from "./run_in_process.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Lends a directory to push, and a registry that answers as it is told. */
function withRegistry(
  answer: Answer,
  use: (host: string, source: string) => Promise<void>,
): Promise<void> {
  return withTempDir(async (root) => {
    const source = join(root, "src");
    await mkdir(source);
    await writeFile(join(source, "file"), "content\n");
    const server = createServer((request, response) => {
      request.resume();
      answer(request, response);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    try {
      await use(`127.0.0.1:${port}`, source);
    } finally {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });
}

/** A registry that takes everything and keeps nothing. */
const takesAll: Answer = (request, response) => {
  if (request.method === "POST") {
    response.writeHead(202, { location: `${request.url}1` }).end();
  } else if (request.method === "PUT") {
    request.on("end", () => response.writeHead(201).end());
  } else {
    response.writeHead(request.url === "/v2/" ? 200 : 404).end();
  }
};

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
