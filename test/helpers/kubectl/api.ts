/** The API's documents and paths, as far as kubectl asks for them. Plain functions; fake-api-server.ts answers with them. */
import { z } from "zod";
import { type Kind, KNOWN_KINDS, type KubeObject, replicasOf } from "./cluster.ts";

/** What a path names: a list without `name`. */
export interface Place {
  kind: Kind;
  namespace: string | undefined;
  name: string | undefined;
  /** scale, status, log, exec … */
  sub: string | undefined;
}

const PATH =
  /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;
const NAMESPACES = /^\/api\/v1\/namespaces(?:\/([^/]+))?$/;

export function placeOf(path: string): Place | undefined {
  const namespaces = NAMESPACES.exec(path);
  const [, group, version = "", namespace, plural, name, sub] = PATH.exec(path) ?? [];
  const apiVersion = group === undefined ? version : `${group}/${version}`;
  const wanted = namespaces === null ? { apiVersion, plural } : { apiVersion: "v1", plural: "namespaces" };
  const kind = KNOWN_KINDS.find(
    (one) => one.apiVersion === wanted.apiVersion && one.plural === wanted.plural,
  );
  if (kind === undefined) return undefined;
  if (namespaces !== null) return { kind, namespace: undefined, name: namespaces[1], sub: undefined };
  return { kind, namespace, name, sub };
}

/** What is there at /api, /apis and below: from it kubectl learns kinds, short names and what can be scaled. */
export function discovery(path: string): object | undefined {
  const versions = [...new Set(KNOWN_KINDS.map(({ apiVersion }) => apiVersion))];
  if (path === "/version") return { major: "1", minor: "20", gitVersion: "v1.20.2-fake" };
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") {
    const groups = versions
      .filter((version) => version.includes("/"))
      .map((groupVersion) => {
        const [name, version] = groupVersion.split("/");
        return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
      });
    return { kind: "APIGroupList", apiVersion: "v1", groups };
  }
  const version = versions.find((one) => path === (one.includes("/") ? `/apis/${one}` : `/api/${one}`));
  return version === undefined ? undefined : resources(version);
}

const VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"];

function resources(groupVersion: string): object {
  const all = KNOWN_KINDS.filter(({ apiVersion }) => apiVersion === groupVersion).flatMap((one) => [
    {
      name: one.plural,
      singularName: one.singular,
      namespaced: one.kind !== "Namespace",
      kind: one.kind,
      verbs: VERBS,
      shortNames: [one.short],
    },
    ...(groupVersion === "apps/v1"
      ? [
          {
            name: `${one.plural}/scale`,
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
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: all };
}

/** How Kubernetes says no. */
export const failure = (code: number, reason: string, message: string): object => ({
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Failure",
  code,
  reason,
  message,
});

export const scaleOf = (object: KubeObject): object => ({
  kind: "Scale",
  apiVersion: "autoscaling/v1",
  metadata: { ...object.metadata, annotations: undefined, labels: undefined },
  spec: { replicas: replicasOf(object) },
  status: { replicas: object.status["replicas"] ?? 0 },
});

const record = z.record(z.string(), z.unknown());

/** RFC 7386. Enough for what kubectl sends as a strategic merge too, as long as no list is in it. */
export function merged(target: unknown, patch: unknown): unknown {
  const changes = record.safeParse(patch);
  if (!changes.success) return patch;
  const base = record.safeParse(target);
  const result: Record<string, unknown> = base.success ? { ...base.data } : {};
  for (const [key, value] of Object.entries(changes.data)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}
