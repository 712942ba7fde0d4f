/**
 * What the real kubectl needs of a cluster to get, annotate, scale and restart, over the objects of a stand-in cluster: an
 * API server that is none. Nothing can be executed through it.
 */
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import {
  changed,
  findObject,
  KNOWN_KINDS,
  type Kind,
  labelsOf,
  listObjects,
  replicasOf,
  touched,
} from "./kubectl/cluster.ts";
import { withState } from "./kubectl/store.ts";
import type { StandInCluster } from "./kubectl-stand-in.ts";

export interface FakeApiServer {
  /** A kubeconfig whose contexts lead here. */
  kubeconfig: string;
  /** What was asked to be changed: "PATCH /apis/…". */
  changes: string[];
  stop(): Promise<void>;
}

type Json = Record<string, unknown>;
interface Answer {
  status: number;
  body: Json;
}

const ok = (body: Json): Answer => ({ status: 200, body });
const failure = (status: number, reason: string, message: string, details: Json = {}): Answer => ({
  status,
  body: { kind: "Status", apiVersion: "v1", status: "Failure", reason, message, details, code: status },
});

export async function startFakeApiServer(
  cluster: StandInCluster,
  contexts: readonly string[] = ["prod"],
): Promise<FakeApiServer> {
  const changes: string[] = [];
  const server = createServer((request, response) => {
    void answer(cluster, request, changes).then(({ status, body }) => send(response, status, body));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const kubeconfig = join(cluster.folder, "kubeconfig.json");
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "fake", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "nobody", user: {} }],
      contexts: contexts.map((name) => ({ name, context: { cluster: "fake", user: "nobody" } })),
      "current-context": contexts[0],
    }),
    { mode: 0o600 },
  );
  return {
    kubeconfig,
    changes,
    stop: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function answer(cluster: StandInCluster, request: IncomingMessage, changes: string[]): Promise<Answer> {
  const { method = "GET" } = request;
  const url = new URL(request.url ?? "/", "http://here");
  const text = (await request.setEncoding("utf8").toArray()).join("");
  const found = discovery(url.pathname);
  if (found !== undefined) return ok(found);
  const at = /^\/(?:api|apis\/([\w.]+))\/(v\d)\/namespaces\/([^/]+)\/(\w+)(?:\/([^/]+))?(\/scale)?$/.exec(
    url.pathname,
  );
  // A client that misses an object asks whether its namespace is there.
  const space = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(url.pathname)?.[1];
  if (space !== undefined) return ok({ kind: "Namespace", apiVersion: "v1", metadata: { name: space } });
  const kind = KNOWN_KINDS.find(({ plural }) => plural === at?.[4]);
  if (at === null || kind === undefined)
    return failure(404, "NotFound", "the server could not find the requested resource");
  if (method !== "GET") changes.push(`${method} ${url.pathname} ${text}`);
  const [namespace = "", name, isScale] = [at[3], at[5], at[6] !== undefined];
  return withState(cluster.folder, (state): Answer => {
    const denied = (verb: string): boolean =>
      state.rules.some((rule) => rule.on === verb && rule.refuse === "forbidden");
    if (name === undefined && denied(`list ${kind.short}`))
      return failure(403, "Forbidden", `${kind.plural} is forbidden: User "deploy" cannot list it`);
    if (name === undefined) {
      const items = listObjects(
        state,
        kind,
        namespace,
        labelsOf(url.searchParams.get("labelSelector") ?? ""),
      );
      return ok({
        kind: `${kind.kind}List`,
        apiVersion: kind.apiVersion,
        metadata: { resourceVersion: "1" },
        items,
      });
    }
    const object = findObject(state, kind, namespace, name);
    const group = at[1] === undefined ? "" : `.${at[1]}`;
    const words = `${kind.plural}${group} "${name}"`;
    const details = { name, kind: kind.plural, ...(at[1] === undefined ? {} : { group: at[1] }) };
    if (object === undefined) return failure(404, "NotFound", `${words} not found`, details);
    // The stand-in's rules, as far as they are about rights.
    const verb = method === "GET" ? "get" : isScale ? "scale" : "annotate";
    if (denied(verb))
      return failure(403, "Forbidden", `${words} is forbidden: User "deploy" cannot ${method} it`, details);
    if (method !== "GET") change(object, asObject(JSON.parse(text)), isScale);
    if (!isScale) return ok(structuredClone(object));
    const { resourceVersion, uid } = object.metadata;
    return ok({
      kind: "Scale",
      apiVersion: "autoscaling/v1",
      metadata: { name, namespace, resourceVersion, uid },
      spec: { replicas: replicasOf(object) },
      status: { replicas: Number(object.status["replicas"] ?? 0) },
    });
  });
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const asObject = (value: unknown): Json => (isObject(value) ? value : {});

/** Merge patches, and the whole of a Scale: of both only what they say counts. */
function change(object: Parameters<typeof changed>[0], patch: Json, isScale: boolean): void {
  const before = JSON.stringify(object.spec);
  if (isScale) object.spec["replicas"] = asObject(patch["spec"])["replicas"] ?? 0;
  else merge(object, patch);
  if (JSON.stringify(object.spec) === before) touched(object);
  else changed(object);
}

function merge(into: Json, patch: Json): void {
  for (const [key, value] of Object.entries(patch)) {
    const own = into[key];
    if (value === null) delete into[key];
    else if (isObject(value)) {
      const inner = isObject(own) ? own : {};
      merge(inner, value);
      into[key] = inner;
    } else into[key] = value;
  }
}

const groupOf = ({ apiVersion }: Kind): string =>
  apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";

const version = (group: string): Json => ({ groupVersion: `${group}/v1`, version: "v1" });

/** Which kinds there are, as every kubectl since 1.20 asks for it. */
function discovery(path: string): Json | undefined {
  if (path === "/version") return { major: "1", minor: "30", gitVersion: "v1.30.0" };
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") {
    const groups = [...new Set(KNOWN_KINDS.map(groupOf).filter((name) => name !== ""))];
    const each = groups.map((name) => ({ name, versions: [version(name)], preferredVersion: version(name) }));
    return { kind: "APIGroupList", apiVersion: "v1", groups: each };
  }
  const groupVersion = path.replace(/^\/apis?\//, "");
  const kinds = KNOWN_KINDS.filter(({ apiVersion }) => apiVersion === groupVersion);
  if (kinds.length === 0) return undefined;
  const resources = kinds.flatMap(({ kind, plural, singular, short }) => [
    {
      name: plural,
      singularName: singular,
      namespaced: kind !== "Namespace",
      kind,
      verbs: ["get", "list", "patch"],
      shortNames: [short],
    },
    ...(kind === "Deployment" || kind === "StatefulSet"
      ? [
          {
            name: `${plural}/scale`,
            singularName: "",
            namespaced: true,
            group: "autoscaling",
            version: "v1",
            kind: "Scale",
            verbs: ["get", "patch", "update"],
          },
        ]
      : []),
  ]);
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
}
