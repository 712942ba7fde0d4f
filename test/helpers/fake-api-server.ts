/**
 * A fake of a Kubernetes API server in the test process, for the real kubectl: it serves and changes the objects of a stand-in
 * cluster (kubectl-stand-in.ts) by HTTP on loopback. Discovery, get, list, watch, annotate, scale, rollout, delete, logs and
 * apply come as far as kubectl 1.20 and 1.32 ask for them; `exec` is refused, since no container is behind it. What runs
 * against it has run with kubectl's own words and errors, but not against a cluster.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { provisionedPath } from "../provision/programs.ts";
import { discovery, failure, merged, type Place, placeOf, scaleOf } from "./kubectl/api.ts";
import {
  changed,
  findObject,
  type KubeObject,
  labelsOf,
  listObjects,
  resourceOf,
  objectSchema,
  type State,
  touched,
} from "./kubectl/cluster.ts";
import { endPod } from "./kubectl/controllers.ts";
import { withState } from "./kubectl/store.ts";
import type { StandInCluster } from "./kubectl-stand-in.ts";

export const KUBECTL_PROGRAMS = ["kubectl"];

export interface FakeApiServer {
  url: string;
  /** A kubeconfig with every context of the cluster, its namespace the cluster's. */
  kubeconfig: string;
  /** KUBECONFIG, a HOME for kubectl's cache, PATH without the stand-in. */
  env: Record<string, string>;
  /** "GET /apis/apps/v1/namespaces/…" of every request so far, without those of discovery. */
  requests: string[];
  /** What was asked to be changed, with the body: "PATCH /apis/… {…}". May be emptied. */
  changes: string[];
  stop(): Promise<void>;
}

interface Answer {
  code: number;
  body: object | string;
}

type Seen = Pick<FakeApiServer, "requests" | "changes">;

interface Asked {
  method: string;
  place: Place;
  url: URL;
  body: unknown;
}

/**
 * The cluster's rules hold here too, their `refuse` and `hang`: by the API's verbs (get, list, patch, update, create, delete,
 * or "list hpa" for one kind) and by kubectl's own where they change something (scale, annotate).
 */
export async function startFakeApiServer(cluster: StandInCluster): Promise<FakeApiServer> {
  const seen: Seen = { requests: [], changes: [] };
  const server = createServer((request, response) => {
    void serve(cluster.folder, request, response, seen).catch((error: unknown) =>
      respond(response, { code: 500, body: failure(500, "InternalError", String(error)) }),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  const home = join(cluster.folder, "home");
  await mkdir(home, { recursive: true });
  const kubeconfig = join(cluster.folder, "kubeconfig");
  const { contexts, current } = await cluster.state();
  await writeFile(kubeconfig, JSON.stringify(configuration(url, cluster.namespace, contexts, current)));
  return {
    url,
    kubeconfig,
    env: { PATH: provisionedPath(), HOME: home, KUBECONFIG: kubeconfig },
    ...seen,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function configuration(server: string, namespace: string, contexts: string[], current?: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "fake", cluster: { server } }],
    users: [{ name: "deploy", user: {} }],
    contexts: contexts.map((name) => ({ name, context: { cluster: "fake", user: "deploy", namespace } })),
    "current-context": current ?? "",
  };
}

function respond(response: ServerResponse, { code, body }: Answer): void {
  const text = typeof body === "string";
  response.writeHead(code, { "content-type": text ? "text/plain" : "application/json" });
  response.end(text ? body : JSON.stringify(body));
}

async function serve(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
  { requests, changes }: Seen,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fake");
  const { method = "GET" } = request;
  const found = discovery(url.pathname);
  if (found !== undefined) return respond(response, { code: 200, body: found });
  const place = placeOf(url.pathname);
  if (place === undefined)
    return respond(response, {
      code: 404,
      body: failure(404, "NotFound", "the server could not find the requested resource"),
    });
  requests.push(`${method} ${url.pathname}${url.search}`);
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  const text = Buffer.concat(pieces).toString();
  if (method !== "GET") changes.push(`${method} ${url.pathname} ${text}`);
  const asked = { method, place, url, body: text === "" ? undefined : JSON.parse(text) };
  const verbs = verbsOf(asked);
  const rule = await withState(folder, (state) => {
    const one = state.rules.find(({ on, times }) => verbs.includes(on) && times !== 0);
    if (one?.times !== undefined) one.times -= 1;
    return one;
  });
  if (rule?.hang !== undefined) return;
  if (rule?.refuse === "unreachable") return void request.socket.destroy();
  if (rule?.refuse !== undefined) return respond(response, refusals[rule.refuse](asked));
  if (url.searchParams.get("watch") !== null) return watch(folder, asked, response);
  respond(response, await withState(folder, (state) => answer(state, asked)));
}

function verbsOf({ method, place: { kind, name, sub } }: Asked): string[] {
  if (method === "GET") return name === undefined ? ["list", `list ${kind.short}`] : ["get"];
  const verb = API_VERBS[method] ?? "";
  if (verb !== "patch" && sub === undefined) return [verb];
  return [verb, sub === undefined ? "annotate" : sub];
}

const API_VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  POST: "create",
  PATCH: "patch",
  PUT: "update",
  DELETE: "delete",
};

const refusals = {
  forbidden: ({ method, place: { kind, name = "", namespace = "" } }: Asked): Answer => {
    const verb = name === "" ? "list" : API_VERBS[method];
    const [resource, group = ""] = resourceOf(kind).split(".");
    const said = `${resourceOf(kind)} "${name}" is forbidden: User "deploy" cannot ${verb} resource "${resource}" in API group "${group}" in the namespace "${namespace}"`;
    return { code: 403, body: failure(403, "Forbidden", said) };
  },
  unauthorized: (): Answer => ({ code: 401, body: failure(401, "Unauthorized", "Unauthorized") }),
};

function answer(state: State, asked: Asked): Answer {
  const { method, place, body } = asked;
  if (place.name === undefined) return method === "POST" ? created(state, asked) : listed(state, asked);
  const found = findObject(state, place.kind, place.namespace ?? "", place.name);
  if (found === undefined) {
    const said = `${resourceOf(place.kind)} "${place.name}" not found`;
    return { code: 404, body: failure(404, "NotFound", said) };
  }
  if (place.sub === "log") return { code: 200, body: state.logs[place.name] ?? "" };
  if (place.sub === "scale") return scaled(found, asked);
  if (place.sub !== undefined)
    return { code: 501, body: failure(501, "NotImplemented", `the fake API server has no ${place.sub}`) };
  if (method === "PATCH" || method === "PUT") patched(found, method === "PATCH" ? merged(found, body) : body);
  if (method === "DELETE") {
    if (found.kind === "Pod") endPod(state, found, Date.now());
    else state.objects = state.objects.filter((one) => one !== found);
  }
  return { code: 200, body: found };
}

function listed(state: State, { place, url }: Asked): Answer {
  const labels = labelsOf(url.searchParams.get("labelSelector") ?? "");
  const only = /^metadata\.name=(.*)$/.exec(url.searchParams.get("fieldSelector") ?? "")?.[1];
  const items = listObjects(state, place.kind, place.namespace, labels).filter(
    ({ metadata }) => only === undefined || metadata.name === only,
  );
  const { kind, apiVersion } = place.kind;
  return { code: 200, body: { kind: `${kind}List`, apiVersion, metadata: { resourceVersion: "1" }, items } };
}

function created(state: State, { place, body }: Asked): Answer {
  const object = objectSchema.parse(body);
  object.metadata.namespace ??= place.namespace;
  state.objects.push(object);
  return { code: 201, body: object };
}

const replicas = z.looseObject({
  spec: z.looseObject({ replicas: z.number().default(0) }).default({ replicas: 0 }),
});

function scaled(found: KubeObject, { method, body }: Asked): Answer {
  if (method === "PUT" || method === "PATCH") {
    found.spec["replicas"] = replicas.parse(body).spec.replicas;
    changed(found);
  }
  return { code: 200, body: scaleOf(found) };
}

/** Only a change of the specification is a new generation. */
function patched(found: KubeObject, to: unknown): void {
  const fresh = objectSchema.parse(to);
  const before = JSON.stringify(found.spec);
  Object.assign(found, fresh);
  if (JSON.stringify(found.spec) === before) touched(found);
  else changed(found);
}

/** What changes from now on, one JSON line for each change, until the client has seen enough. */
async function watch(folder: string, asked: Asked, response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  response.flushHeaders();
  const seen = new Map<string, string>();
  while (!response.destroyed && response.socket?.destroyed === false) {
    const { body } = await withState(folder, (state) => structuredClone(listed(state, asked)));
    const { items } = z.looseObject({ items: z.array(objectSchema) }).parse(body);
    for (const object of items) {
      const { uid, resourceVersion } = object.metadata;
      const before = seen.get(uid);
      if (before !== resourceVersion)
        response.write(`${JSON.stringify({ type: before === undefined ? "ADDED" : "MODIFIED", object })}\n`);
      seen.set(uid, resourceVersion);
    }
    await pause(50);
  }
}
