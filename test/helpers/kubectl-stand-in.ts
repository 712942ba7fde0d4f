/**
 * A cluster for tests that is none: a stand-in `kubectl` on PATH (kubectl/main.ts) with its objects in a file. `exec` really
 * runs the words, on this machine, in a folder for each pod; nothing else that a cluster does is real. The real kubectl does
 * not talk to it: for that there is fake-api-server.ts, over the same objects.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { provisionedPath } from "../provision/programs.ts";
import { type KubeObject, objectSchema, type Rule, type State } from "./kubectl/cluster.ts";
import { recreatePods } from "./kubectl/controllers.ts";
import { worldOf } from "./kubectl/exec.ts";
import { withState, writeState } from "./kubectl/store.ts";
import { openSupervisor } from "./supervisor.ts";

export type { KubeObject, Rule, State } from "./kubectl/cluster.ts";

/** A Deployment or StatefulSet, whose pods come by themselves. */
export interface Workload {
  kind: "Deployment" | "StatefulSet";
  name: string;
  /** 1 when it is not given. */
  replicas?: number;
  /** Of its pods; `app: <name>` when not given. */
  labels?: Record<string, string>;
  /** Name of each container → its environment; one called as the workload when not given. */
  containers?: Record<string, Record<string, string>>;
}

export interface ClusterOptions {
  workloads?: readonly Workload[];
  /** Anything else, as Kubernetes has it: CronJobs, Jobs, HorizontalPodAutoscalers, pods of nobody's … */
  objects?: readonly unknown[];
  /** default: grill-stats. */
  namespace?: string;
  /** The first is the current one; default: prod. */
  contexts?: readonly string[];
}

export interface StandInCluster {
  folder: string;
  namespace: string;
  /** PATH with the stand-in first: for programs a test starts itself. */
  env: Record<string, string>;
  /** kubectl -n <the namespace> words…: what it printed. Rejects as execFile does, with `code` and `stderr`. */
  kubectl(...words: string[]): Promise<string>;
  state(): Promise<State>;
  /** Changes anything in the cluster, as somebody else would. */
  edit(change: (state: State) => void): Promise<void>;
  /** What goes wrong from now on; the first rule that fits a call is taken. Without any, all is well again. */
  misbehave(...rules: Rule[]): Promise<void>;
  pods(workload: string): Promise<KubeObject[]>;
  /** The folder in which `exec` into this pod runs. */
  worldOf(pod: string): Promise<string>;
  /** Every pod of a workload is another one now: new uid, and a new name where a Deployment made it. */
  recreate(): Promise<void>;
  /** The words of every call so far. */
  calls(): Promise<string[][]>;
  /** Ends what was executed and still runs, and removes all of it. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

/** By the folder in their environment: commands outlive their kubectl, as in a cluster. */
const END = `
ours() { grep -lsF "STATUS=$folder/" /proc/[0-9]*/environ | sed 's:/proc/::; s:/.*::'; }
while [ -n "$(ours)" ]; do kill -9 $(ours) 2>/dev/null; done
`;

const run = promisify(execFile);

export async function startStandInCluster(options: ClusterOptions = {}): Promise<StandInCluster> {
  const folder = await mkdtemp("/tmp/lifeboat-kubectl-");
  const { stop } = openSupervisor(folder, { argv: [], isReady: async () => true, end: END });
  const namespace = options.namespace ?? "grill-stats";
  writeState(folder, firstState(namespace, options));
  await mkdir(join(folder, "bin"));
  const program = join(import.meta.dirname, "kubectl", "main.ts");
  const script = `#!/bin/sh\nKUBECTL_STAND_IN='${folder}' exec '${process.execPath}' '${program}' "$@"\n`;
  await writeFile(join(folder, "bin", "kubectl"), script, { mode: 0o755 });
  const env = { PATH: `${join(folder, "bin")}:${provisionedPath()}` };
  return {
    folder,
    namespace,
    env,
    kubectl: async (...words) => {
      const ran = await run("kubectl", ["-n", namespace, ...words], { env: { ...process.env, ...env } });
      return ran.stdout;
    },
    state: () => withState(folder, (state) => structuredClone(state)),
    edit: (change) => withState(folder, change),
    misbehave: (...rules) =>
      withState(folder, (state) => {
        state.rules = rules;
      }),
    pods: (workload) =>
      withState(folder, ({ objects }) =>
        structuredClone(objects.filter(({ metadata }) => metadata.annotations["stand-in/of"] === workload)),
      ),
    worldOf: (name) =>
      withState(folder, (state) => {
        const pod = state.objects.find((one) => one.kind === "Pod" && one.metadata.name === name);
        if (pod === undefined) throw new Error(`there is no pod ${name}`);
        return worldOf(folder, state, pod);
      }),
    recreate: () => withState(folder, (state) => recreatePods(state, Date.now())),
    calls: async () => {
      const file = join(folder, "calls.jsonl");
      const lines = existsSync(file) ? (await readFile(file, "utf8")).trimEnd().split("\n") : [];
      return lines.map((line): string[] => JSON.parse(line));
    },
    stop,
  };
}

function firstState(namespace: string, options: ClusterOptions): State {
  const contexts = [...(options.contexts ?? ["prod"])];
  const namespaces = ["kube-system", "default", namespace].map((name) =>
    objectSchema.parse({ apiVersion: "v1", kind: "Namespace", metadata: { name } }),
  );
  const own = [...(options.workloads ?? []).map(workloadObject), ...(options.objects ?? [])].map((one) => {
    const object = objectSchema.parse(one);
    object.metadata.namespace ??= namespace;
    return object;
  });
  return {
    contexts,
    ...(contexts[0] === undefined ? {} : { current: contexts[0] }),
    objects: [...namespaces, ...own],
    rules: [],
    startsWithin: 0,
    stopsWithin: 0,
    stuck: {},
    logs: {},
  };
}

function workloadObject({ kind, name, replicas = 1, labels = { app: name }, containers }: Workload): object {
  const each = Object.entries(containers ?? { [name]: {} }).map(([container, env]) => ({
    name: container,
    image: `${container}:1`,
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
  }));
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      [kind === "Deployment" ? "strategy" : "updateStrategy"]: { type: "RollingUpdate" },
      template: { metadata: { labels }, spec: { containers: each } },
    },
  };
}
