import { guess, type Draft, type Value } from "../draft.ts";
import type { Manager } from "../shell/action.ts";
import type { Place } from "../shell/unwrap.ts";
import { slug } from "../words.ts";
import type { Candidate } from "./candidate.ts";
import { publishedPort } from "./settings.ts";

/** The hosts of a system, made as steps and stores ask for them; the same place is one host. */
export class Hosts {
  readonly drafts: Record<string, Draft> = {};
  readonly #byPlace = new Map<string, string>();
  readonly #composeFiles: readonly string[];

  /** `composeFiles` are those that lie in the folder, for commands that name none. */
  constructor(composeFiles: readonly string[]) {
    this.#composeFiles = composeFiles;
  }

  /** The host of a store's programs; undefined is this machine. */
  ofStore(candidate: Candidate): string | undefined {
    if (candidate.kind === "s3" || candidate.kind === "volume") return undefined;
    const { service, file, name } = candidate;
    const needsPlace = candidate.kind === "redis" || candidate.kind === "influxdb";
    if (service !== undefined && file !== undefined) {
      if (!needsPlace && publishedPort(candidate, PORTS[candidate.kind]) !== undefined) return undefined;
      const of = this.stack([file.path]);
      return this.#put(`compose ${file.path} ${service.name}`, `${name}-host`, {
        kind: "compose",
        of,
        service: service.name,
      });
    }
    const place = candidate.said.flatMap((one) => one.places ?? []).find(({ kind }) => kind !== "sudo");
    return place === undefined ? undefined : this.#ofPlace(place, name);
  }

  /** The compose project, where services are stopped and started. */
  stack(files: readonly string[], project?: string, cwd?: string): string {
    const named = files.length > 0 ? files : this.#composeFiles;
    const directory = cwd === undefined || named.some((file) => file.startsWith("/")) ? undefined : cwd;
    const value: Value =
      named.length > 0
        ? [...named]
        : guess(["docker-compose.yml"], "which file the procedure's docker compose reads");
    return this.#put(`stack ${named.join(" ")} ${project ?? ""} ${directory ?? ""}`, "stack", {
      kind: "compose",
      ...(directory === undefined || named.length > 0 ? { files: value } : {}),
      ...(directory === undefined ? {} : { directory }),
      ...(project === undefined ? {} : { project }),
    });
  }

  cluster(namespace: string | undefined, context: string | undefined): string {
    const known = [...this.#byPlace].find(
      ([place]) =>
        place.startsWith("cluster ") && (namespace === undefined || place.includes(` ${namespace}`)),
    );
    if (known !== undefined) return known[1];
    return this.#put(`cluster ${context ?? ""} ${namespace ?? ""}`, "cluster", {
      kind: "kubernetes",
      context:
        context ??
        guess(
          "${KUBE_CONTEXT:-production}",
          "the context of this cluster, as kubectl config get-contexts shows it",
        ),
      namespace: namespace ?? guess("default", "the procedure names no namespace"),
    });
  }

  /** Where a services step is told to run; `places` lead to the machine of its manager, `cwd` is the project's folder. */
  ofManager(manager: Manager, places: readonly Place[] = [], cwd?: string): string {
    if (manager.kind === "compose") return this.stack(manager.files, manager.project, cwd);
    if (manager.kind === "kubernetes") return this.cluster(manager.namespace, manager.context);
    const ssh = places.find((place) => place.kind === "ssh");
    const sudo = places.find((place) => place.kind === "sudo");
    const as = sudo === undefined ? {} : { as: sudo.user ?? "root" };
    if (ssh !== undefined)
      return this.#put(`ssh ${ssh.destination} ${sudo?.user ?? ""}`, "server", {
        kind: "ssh",
        destination: asKnown(ssh.destination, "the machine"),
        ...as,
      });
    return sudo === undefined
      ? "local"
      : this.#put(`local ${sudo.user ?? ""}`, `as-${as.as ?? ""}`, { kind: "local", ...as });
  }

  #ofPlace(place: Place, name: string): string | undefined {
    if (place.kind === "docker")
      return this.#put(`docker ${place.container}`, `${name}-host`, {
        kind: "docker",
        container: asKnown(place.container, "the container's name"),
      });
    if (place.kind === "compose") {
      const of = this.stack(place.files, place.project);
      return this.#put(`compose ${of} ${place.service}`, `${name}-host`, {
        kind: "compose",
        of,
        service: place.service,
      });
    }
    if (place.kind === "ssh")
      return this.#put(`ssh ${place.destination}`, `${name}-host`, {
        kind: "ssh",
        destination: asKnown(place.destination, "the machine"),
      });
    if (place.kind !== "kubernetes") return undefined;
    const of = this.cluster(place.namespace, place.context);
    const [kind = "", workload] = place.pod.includes("/") ? place.pod.split("/") : ["", undefined];
    // deploy/redis stands for one of its pods: labels find it, its name changes.
    const pod: Record<string, Value> =
      workload === undefined
        ? { pod: asKnown(place.pod, "the pod's name") }
        : { selector: guess(`app=${workload}`, `labels of the pod of ${kind}/${workload}`) };
    return this.#put(`pod ${of} ${place.pod}`, `${name}-host`, {
      kind: "kubernetes",
      of,
      ...pod,
      ...(place.container === undefined ? {} : { container: place.container }),
    });
  }

  #put(place: string, wish: string, fields: Record<string, Value>): string {
    const before = this.#byPlace.get(place);
    if (before !== undefined) return before;
    let name = slug(wish) || "host";
    for (let more = 2; this.drafts[name] !== undefined; more += 1) name = `${slug(wish)}-${more}`;
    this.drafts[name] = { comment: [], fields };
    this.#byPlace.set(place, name);
    return name;
  }
}

const PORTS = {
  postgres: "5432",
  mongodb: "27017",
  redis: "6379",
  clickhouse: "9000",
  influxdb: "8086",
} as const;

/** A name in the procedure that is a placeholder or a variable of its own has to be looked at. */
function asKnown(name: string, what: string): Value {
  if (!/[<>$`(]/.test(name)) return name;
  const plain = slug(name) || "name";
  return guess(plain, `${what}; the procedure writes ${name.replaceAll(/\s+/g, " ")}`);
}
