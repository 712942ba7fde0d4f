/**
 * A test fixture: what the displays of a signage platform are connected to. GET /health → 200 or 503, POST /devices/<id> = a
 * display says that it is there, GET /devices → { online }. Who is online stands in Redis alone. PORT, REDIS_PORT, REDIS_PASSWORD.
 */
import { createServer } from "node:http";
import { redis } from "../../helpers/app/redis.ts";

async function answer(method: string, path: string): Promise<object> {
  const [, device] = /^\/devices\/([\w-]+)$/.exec(path) ?? [];
  if (method === "POST" && device !== undefined) return { added: await redis(["SADD", "online", device]) };
  if (path === "/devices") return { online: Number(await redis(["SCARD", "online"])) };
  return { status: await redis(["PING"]) };
}

const server = createServer((request, response) => {
  const reply = (status: number, body: object): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  answer(request.method ?? "", request.url ?? "").then(
    (body) => reply(200, body),
    (error: unknown) => reply(503, { status: "error", error: String(error) }),
  );
});
server.listen(Number(process.env["PORT"]), "127.0.0.1");
process.on("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
});
