import { mkdtemp } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type FakeApiServer, startFakeApiServer } from "../helpers/fake-api-server.ts";
import { type StandInCluster, startStandInCluster } from "../helpers/kubectl-stand-in.ts";
import type { Ran } from "../helpers/lifeboat.ts";
import { openOperator, type Operator } from "../helpers/operator.ts";
import { suiteFor } from "../helpers/suite-for.ts";

// Many programs are started one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const system = (kubeconfig: string, context = "prod"): string => `title: Grill
environment: test
hosts:
  cluster: { kind: kubernetes, context: ${context}, namespace: grill-stats, kubeconfig: ${kubeconfig} }
stores:
  database: { kind: postgres, database: grill }
`;
const NAMES = "names: [deployment/redis, statefulset/postgres, deployment/web]";
const step = (words: string, id = "act"): string =>
  `  - { id: ${id}, kind: services, host: cluster, within: 20s, ${words} }\n`;
const STOP = step(`do: stop, ${NAMES}`, "stop");
const START = step(`do: start, ${NAMES}`, "start");
const FAILS = '  - { id: fails, kind: command, effect: reads, run: ["false"], on-failure: stop }\n';

// The real client against a server that only knows objects: no cluster takes part.
suiteFor("services in kubernetes, by the real kubectl and an API server that is none", ["kubectl"], () => {
  let cluster: StandInCluster;
  let api: FakeApiServer;
  let operator: Operator;

  beforeAll(async () => {
    cluster = await startStandInCluster({
      workloads: [
        { kind: "Deployment", name: "redis", replicas: 3 },
        { kind: "StatefulSet", name: "postgres" },
        { kind: "Deployment", name: "web", replicas: 0 },
      ],
    });
    api = await startFakeApiServer(cluster);
    const folder = await mkdtemp("/tmp/lifeboat-kube-services-");
    operator = await openOperator({
      folder,
      system: "grill",
      files: { system: system(api.kubeconfig) },
      backups: "GRILL_BACKUPS",
      env: {},
      end: async () => {
        await api.stop();
        await cluster.stop();
      },
    });
  });
  afterAll(() => operator.stop());
  beforeEach(async () => {
    api.changes.length = 0;
    await cluster.edit((state) => {
      state.stuck = {};
      state.rules = [];
      state.stopsWithin = 0;
      state.objects = state.objects.filter(({ kind }) => kind !== "HorizontalPodAutoscaler");
      for (const one of state.objects) {
        const count = { redis: 3, postgres: 1, web: 0 }[one.metadata.name];
        if (count !== undefined && one.kind !== "Pod") one.spec["replicas"] = count;
        one.metadata.annotations = Object.fromEntries(
          Object.entries(one.metadata.annotations).filter(([key]) => !key.startsWith("lifeboat")),
        );
      }
    });
  });

  async function runSteps(steps: string, args = ["--live"], confirm = true): Promise<Ran> {
    await operator.writeRunbook("services", `title: S\nscenario: s\nsteps:\n${steps}`);
    return operator.lifeboat([
      "run",
      "grill",
      "services",
      ...args,
      ...(confirm ? ["--confirm", "cluster"] : []),
    ]);
  }

  /** Replicas wanted, and what Lifeboat has noted there. */
  async function wanted(): Promise<Record<string, [number, string[]]>> {
    const { objects } = await cluster.state();
    const workloads = objects.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
    return Object.fromEntries(
      workloads.map(({ metadata, spec }): [string, [number, string[]]] => [
        metadata.name,
        [
          Number(spec["replicas"]),
          Object.entries(metadata.annotations).flatMap(([key, value]) =>
            key.startsWith("lifeboat.run/") ? [value] : [],
          ),
        ],
      ]),
    );
  }
  const AS_BEFORE = { redis: [3, []], postgres: [1, []], web: [0, []] };

  test("a stop waits until every pod is gone, notes the number at the object, and a start scales back to it", async () => {
    await cluster.edit((state) => {
      state.stopsWithin = 9000;
    });
    const stopped = await runSteps(STOP + FAILS);
    expect(stopped.code).toBe(20);
    expect(await wanted()).toEqual({ redis: [0, ["3"]], postgres: [0, ["1"]], web: [0, []] });
    expect(await cluster.pods("redis")).toEqual([]);
    expect(stopped.stdout).toMatch(/waiting .*ending/);
    await cluster.edit((state) => {
      state.stopsWithin = 0;
    });
    const [run = ""] = await operator.runs();
    await operator.lifeboat(["undo", run]);
    expect(await wanted()).toEqual(AS_BEFORE);
    const round = await runSteps(STOP + START);
    expect(round.code).toBe(0);
    expect(await wanted()).toEqual(AS_BEFORE);
    expect(await cluster.pods("redis")).toHaveLength(3);
  });

  test("an autoscaler that would scale it back is named, and nothing is scaled", async () => {
    await cluster.edit((state) => {
      const [redis] = state.objects;
      if (redis === undefined) return;
      state.objects.push({
        ...structuredClone(redis),
        apiVersion: "autoscaling/v1",
        kind: "HorizontalPodAutoscaler",
        metadata: { ...structuredClone(redis.metadata), name: "redis-scaler", namespace: "grill-stats" },
        spec: { scaleTargetRef: { kind: "Deployment", name: "redis", apiVersion: "apps/v1" } },
      });
    });
    const ran = await runSteps(STOP);
    expect(ran.code).toBe(11);
    expect(ran.stdout).toContain("the HorizontalPodAutoscaler redis-scaler scales deployment/redis");
    expect(api.changes).toEqual([]);
  });

  test("where autoscalers may not be looked at, that is said and does not stand in the way", async () => {
    await cluster.edit((state) => {
      state.rules = [{ on: "list hpa", refuse: "forbidden" }];
    });
    const ran = await runSteps(step("do: stop, names: [deployment/web]"));
    expect(ran.code).toBe(0);
    const [run = ""] = await operator.runs();
    const report = await operator.lifeboat(["report", run]);
    expect(report.stdout).toContain("not known whether an autoscaler would scale it back");
  });

  test("pods that cannot become good are not waited for", async () => {
    await cluster.edit((state) => {
      state.stuck = { redis: "CrashLoopBackOff" };
    });
    await cluster.recreate();
    const ran = await runSteps(
      "  - { id: w, kind: wait, host: cluster, names: [deployment/redis], within: 10m }\n",
    );
    await cluster.edit((state) => {
      state.stuck = {};
    });
    await cluster.recreate();
    expect(ran.code).toBe(20);
    expect(ran.stdout).toContain("its pods say CrashLoopBackOff");
    expect(ran.ms).toBeLessThan(60_000);
  });

  test("a restart is done when its pods are new ones", async () => {
    const before = (await cluster.pods("redis")).map(({ metadata }) => metadata.uid);
    const ran = await runSteps(step("do: restart, names: [deployment/redis]"));
    expect(ran.code).toBe(0);
    const now = (await cluster.pods("redis")).map(({ metadata }) => metadata.uid);
    expect(now).toHaveLength(3);
    expect(now.filter((uid) => before.includes(uid))).toEqual([]);
  });

  test("up scales what is at 0, and leaves the number of what runs; undone, it is at 0 again", async () => {
    const ran = await runSteps(step(`do: up, ${NAMES}, replicas: 2`) + FAILS);
    expect(ran.code).toBe(20);
    expect(await wanted()).toEqual({ redis: [3, []], postgres: [1, []], web: [2, []] });
    const [run = ""] = await operator.runs();
    expect((await operator.lifeboat(["undo", run])).code).toBe(0);
    expect(await wanted()).toEqual(AS_BEFORE);
  });

  test("a dry run looks and changes nothing", async () => {
    const ran = await runSteps(STOP + START, ["--dry-run"], false);
    expect(ran.code).toBe(0);
    expect(api.changes).toEqual([]);
  });

  test("killed between stop and start, resumed, then undone: the numbers are those from before", async () => {
    const pause =
      "  - { id: pause, kind: command, effect: reads, run: [sh, -c, 'while test ! -e go; do sleep 0.1; done'] }\n";
    await operator.writeRunbook("services", `title: S\nscenario: s\nsteps:\n${STOP}${pause}${START}`);
    const dying = operator.start(["run", "grill", "services", "--live"]);
    await dying.until(/running +3\/5/);
    dying.kill("SIGKILL");
    await dying.ended;
    const [run = ""] = await operator.runs();
    await operator.write("go", "");
    const resumed = await operator.lifeboat(["resume", run, "--plain"]);
    expect(resumed.code).toBe(0);
    expect(await wanted()).toEqual(AS_BEFORE);
    await operator.lifeboat(["undo", run]);
    expect(await wanted()).toEqual(AS_BEFORE);
  });

  test.each([
    ["a name that is not there", "names: [deployment/nope]", 'deployments.apps "nope" not found', {}],
    [
      "a right that is missing",
      "names: [deployment/redis]",
      "is forbidden",
      { rules: [{ on: "get", refuse: "forbidden" as const }] },
    ],
  ])("%s is told before anything is scaled", async (_what, names, says, state) => {
    await cluster.edit((all) => void Object.assign(all, state));
    const ran = await runSteps(step(`do: stop, ${names}`));
    expect(ran.code).toBe(11);
    expect(ran.stdout).toContain(says);
    expect(api.changes).toEqual([]);
  });

  test("a context that is not there is told, and no other cluster is taken", async () => {
    await operator.writeSystem(system(api.kubeconfig, "staging"));
    const ran = await runSteps(STOP);
    await operator.writeSystem(system(api.kubeconfig));
    expect(ran.code).toBe(11);
    expect(ran.stdout).toMatch(/context.*staging.*does not exist|context was not found/);
    expect(api.changes).toEqual([]);
  });
});
