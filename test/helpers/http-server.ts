import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface Asked {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface TestHttpServer {
  url: string;
  port: number;
  /** Every question, in the order they came. */
  asked: Asked[];
  stop(): Promise<void>;
}

/** An HTTP server of this test's own on loopback; a `port` of before makes it come up again at the same place. */
export async function serveHttp(
  answer: (asked: Asked, response: ServerResponse) => void,
  port = 0,
): Promise<TestHttpServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
      asked.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((done, failed) => server.once("error", failed).listen(port, "127.0.0.1", done));
  const address = server.address();
  const own = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${own}`,
    port: own,
    asked,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
