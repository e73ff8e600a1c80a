import { mkdir, writeFile } from "node:fs/promises";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { join } from "node:path";
import { withTempDir } from "../support/temp_dir.ts";

/** How a registry answers a request, whose body is read. */
export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
) => void;

/** Lends a directory to push, and a registry that answers as it is told. */
export function withRegistry(
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
export const takesAll: Answer = (request, response) => {
  if (request.method === "POST") {
    response.writeHead(202, { location: `${request.url}1` }).end();
  } else if (request.method === "PUT") {
    request.on("end", () => response.writeHead(201).end());
  } else {
    response.writeHead(request.url === "/v2/" ? 200 : 404).end();
  }
};
