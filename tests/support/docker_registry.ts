import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { get } from "node:http";
import { get as getByTls } from "node:https";
import { join } from "node:path";
import type { Certificate } from "./certificates.ts";
import { runOk } from "./run.ts";
import { withTempDir } from "./temp_dir.ts";
import type { TokenIssuer } from "./token_server.ts";

/** Options of {@linkcode withDockerRegistry}. */
export interface DockerRegistryOptions {
  /** The one account that may use it; everybody may unless told. */
  readonly htpasswd?: { readonly user: string; readonly password: string };
  /** The certificate that it speaks TLS with; plain HTTP unless told. */
  readonly tls?: Certificate;
  /** Who gives out the tokens that it wants. */
  readonly tokens?: TokenIssuer;
}

/** A request as the registry's access log has it. */
export interface LoggedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly status: number;
}

/** A registry that runs. */
export interface DockerRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** All requests that it has answered so far. */
  requests(): Promise<LoggedRequest[]>;
}

const script = `exec 3<&0
(cat <&3; kill $$) >/dev/null 2>&1 &
exec docker-registry serve "$0" </dev/null 3<&-`;

/**
 * Lends one of Debian's docker-registry: on a free loopback port, with an empty
 * store of its own, over plain HTTP. It ends with the test, also a failed one,
 * and with the process that runs the tests.
 */
export function withDockerRegistry<T>(
  options: DockerRegistryOptions,
  use: (registry: DockerRegistry) => Promise<T>,
): Promise<T> {
  return withTempDir(async (directory) => {
    const config = join(directory, "config.yml");
    await writeFile(config, await configuration(directory, options));
    // The registry ends when the pipe to its standard input closes.
    const child = spawn("sh", ["-c", script, config], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => output.stdout += chunk);
    child.stderr.on("data", (chunk) => output.stderr += chunk);
    const ended = new Promise((resolve) => child.on("close", resolve));
    try {
      const host = await listening(child, output);
      return await use({
        host,
        requests: () => loggedRequests(host, output, options),
      });
    } finally {
      child.stdin.end();
      await ended;
    }
  });
}

async function configuration(
  directory: string,
  { htpasswd, tokens, tls }: DockerRegistryOptions,
): Promise<string> {
  const lines = [
    "version: 0.1",
    "log: {level: info}",
    `storage: {filesystem: {rootdirectory: ${join(directory, "data")}}}`,
    'http: {addr: "127.0.0.1:0"' +
    (tls ? `, tls: {certificate: ${tls.certFile}, key: ${tls.keyFile}}}` : "}"),
  ];
  if (htpasswd) {
    const { user, password } = htpasswd;
    const file = join(directory, "htpasswd");
    await writeFile(file, await runOk("htpasswd", ["-Bbn", user, password]));
    lines.push(`auth: {htpasswd: {realm: test, path: ${file}}}`);
  }
  if (tokens) {
    const { realm, service, issuer, certificate } = tokens;
    lines.push(
      `auth: {token: {realm: "${realm}", service: ${service}, ` +
        `issuer: ${issuer}, rootcertbundle: ${certificate}}}`,
    );
  }
  return lines.join("\n") + "\n";
}

/** Where it listens, which its log tells. */
async function listening(
  child: ChildProcess,
  output: { readonly stderr: string },
): Promise<string> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && child.exitCode === null) {
    const [, host] =
      output.stderr.match(/"listening on ([\d.:]+)(?:, tls)?"/) ?? [];
    if (host) return host;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`docker-registry does not start\n${output.stderr}`);
}

/** A request of our own marks the end of what the log has to hold. */
async function loggedRequests(
  host: string,
  output: { readonly stdout: string },
  { tls }: DockerRegistryOptions,
): Promise<LoggedRequest[]> {
  const mark = `/v2/?mark=${crypto.randomUUID()}`;
  await new Promise((resolve, reject) => {
    const url = `${tls ? "https" : "http"}://${host}${mark}`;
    const options = { agent: false, ca: tls?.caCert };
    (tls ? getByTls : get)(url, options, (response) => {
      response.resume().on("end", resolve);
    }).on("error", reject);
  });
  while (!output.stdout.includes(mark)) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const logged = output.stdout.matchAll(/"(\w+) (\S+) HTTP\/[\d.]+" (\d+)/g);
  return Array.from(logged, ([, method = "", path = "", status]) => ({
    method,
    path,
    status: Number(status),
  })).filter(({ path }) => !path.startsWith("/v2/?mark="));
}
