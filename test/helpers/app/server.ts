/**
 * A test fixture: the smallest web application that needs its stores. It runs by node alone in a container of the machine
 * image and holds nothing itself, so whatever it answers was read from PostgreSQL, Redis or the bucket just then.
 *
 * GET /health, /api/health   200 or 503, { status, database, redis }: each that is configured was asked
 * GET /health/queues         200 or 503, { status, queues: { name: { wait, active, failed } } } as BullMQ keeps them
 * POST /api/v1/auth/login    { email, password } → 200 { token } or 401
 * GET /content/<id>          the object that the row of this id points at, or 404
 * GET /                      a page that says what it is
 *
 * PORT · PG* of psql, none: no database · REDIS_PORT, REDIS_PASSWORD · QUEUES=a,b · LOGIN_QUERY with :'email' and :'password',
 * CONTENT_QUERY with :'id': what prints nothing means no · MC_HOST_own, BUCKET: where the objects are
 */
import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { redis } from "./redis.ts";

const { env } = process;
const NAME = env["APP_NAME"] ?? "app";
const LOGIN =
  env["LOGIN_QUERY"] ?? "SELECT id FROM users WHERE email = :'email' AND password_hash = md5(:'password')";

interface Answer {
  status: number;
  body: unknown;
}

type Page = (request: IncomingMessage, rest: string) => Promise<Answer>;

const PAGES: readonly (readonly [method: string, path: string, page: Page])[] = [
  ["GET", "/health/queues", queues],
  ["GET", "/health", health],
  ["GET", "/api/health", health],
  ["POST", "/api/v1/auth/login", login],
  ["GET", "/content/", content],
  [
    "GET",
    "/",
    async () => ({ status: 200, body: `<!doctype html><title>${NAME}</title><h1>${NAME}</h1>\n` }),
  ],
];

const server = createServer((request, response) => void reply(request, response));
server.listen(Number(env["PORT"]), "127.0.0.1", () => console.log(`${NAME} listens on ${env["PORT"]}`));
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    server.close();
    server.closeAllConnections();
  });

async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", "http://app").pathname;
  const found = PAGES.find(
    ([method, at]) => method === request.method && (at === "/content/" ? path.startsWith(at) : path === at),
  );
  const asked = found?.[2](request, decodeURIComponent(path.slice(found[1].length)));
  const { status, body } = await (
    asked ?? Promise.resolve({ status: 404, body: { status: "not found" } })
  ).catch((error: unknown) => ({ status: 500, body: { status: "error", error: String(error) } }));
  console.log(`${request.method} ${path} ${status}`, status >= 500 ? body : "");
  const raw = typeof body === "string" || Buffer.isBuffer(body);
  response.writeHead(status, { "content-type": raw ? "text/html" : "application/json" });
  response.end(raw ? body : JSON.stringify(body));
}

async function health(): Promise<Answer> {
  const asks: [name: string, configured: boolean, ask: () => Promise<unknown>][] = [
    ["database", env["PGPORT"] !== undefined, () => psql("SELECT 1", {})],
    ["redis", env["REDIS_PORT"] !== undefined, () => redis(["PING"])],
  ];
  const asked = asks.filter(([, configured]) => configured);
  const states = await Promise.all(asked.map(async ([name, , ask]) => [name, await upOrDown(ask)] as const));
  const well = states.every(([, state]) => state === "up");
  return { status: well ? 200 : 503, body: { status: well ? "ok" : "error", ...Object.fromEntries(states) } };
}

const upOrDown = (ask: () => Promise<unknown>): Promise<string> =>
  ask().then(
    () => "up",
    (error: unknown) => `down: ${error instanceof Error ? error.message.trim() : String(error)}`,
  );

async function queues(): Promise<Answer> {
  const names = (env["QUEUES"] ?? "").split(",").filter((name) => name !== "");
  try {
    const found = await Promise.all(names.map(async (name) => [name, await lengths(name)] as const));
    return { status: 200, body: { status: "ok", queues: Object.fromEntries(found) } };
  } catch (error) {
    return { status: 503, body: { status: "error", error: String(error) } };
  }
}

async function lengths(queue: string): Promise<Record<string, number>> {
  const [wait, active, failed] = await Promise.all([
    redis(["LLEN", `bull:${queue}:wait`]),
    redis(["LLEN", `bull:${queue}:active`]),
    redis(["ZCARD", `bull:${queue}:failed`]),
  ]);
  return { wait: Number(wait), active: Number(active), failed: Number(failed) };
}

async function login(request: IncomingMessage): Promise<Answer> {
  const { email, password } = JSON.parse(await textOf(request));
  const id = await psql(LOGIN, { email: String(email), password: String(password) });
  if (id === "") return { status: 401, body: { status: "error", error: "wrong email or password" } };
  return { status: 200, body: { token: Buffer.from(`${NAME}:${id}`).toString("base64url") } };
}

async function content(_request: IncomingMessage, id: string): Promise<Answer> {
  const key = await psql(env["CONTENT_QUERY"] ?? "SELECT key FROM content WHERE id = :'id'", { id });
  if (key === "") return { status: 404, body: { status: "not found" } };
  const body = await ran("mc", ["--config-dir", "/tmp/.mc", "--quiet", "cat", `own/${env["BUCKET"]}/${key}`]);
  return { status: 200, body };
}

/** The query gets its values as psql variables, which come by the environment and are quoted by psql. */
async function psql(query: string, values: Readonly<Record<string, string>>): Promise<string> {
  const names = Object.keys(values);
  const own = Object.fromEntries(names.map((name) => [`APP_${name}`, values[name]]));
  const script = [...names.map((name) => `\\getenv ${name} APP_${name}`), `${query};`, ""].join("\n");
  const found = await ran("psql", ["-XAtq", "-v", "ON_ERROR_STOP=1"], own, script);
  return found.toString().trim();
}

function ran(
  program: string,
  words: string[],
  more: Readonly<Record<string, string | undefined>> = {},
  input = "",
): Promise<Buffer> {
  return new Promise((done, failed) => {
    const options = {
      env: { ...env, PGCONNECT_TIMEOUT: "3", ...more },
      encoding: "buffer",
      maxBuffer: 1 << 28,
    } as const;
    const child = execFile(program, words, options, (error, stdout, stderr) => {
      if (error) failed(new Error(stderr.toString() || error.message));
      else done(stdout);
    });
    child.stdin?.on("error", () => undefined).end(input);
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}
