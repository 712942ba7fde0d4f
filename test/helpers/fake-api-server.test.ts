import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type FakeApiServer, KUBECTL_PROGRAMS, startFakeApiServer } from "./fake-api-server.ts";
import { type StandInCluster, startStandInCluster } from "./kubectl-stand-in.ts";
import { suiteFor } from "./suite-for.ts";

const run = promisify(execFile);

/** Exit code, stdout (JSON without the order of its keys) and stderr. */
const ran = (words: readonly string[], env: Record<string, string>): Promise<unknown> =>
  new Promise((done) => {
    execFile("kubectl", words, { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      done([error?.code ?? 0, stdout.startsWith("{") ? JSON.parse(stdout) : stdout, stderr]),
    );
  });

suiteFor("the real kubectl against a fake API server", KUBECTL_PROGRAMS, () => {
  let cluster: StandInCluster;
  let server: FakeApiServer;
  beforeEach(async () => {
    cluster = await startStandInCluster({
      workloads: [
        { kind: "StatefulSet", name: "postgres", containers: { postgres: {}, exporter: {} } },
        { kind: "Deployment", name: "redis", replicas: 2 },
      ],
      objects: [{ apiVersion: "batch/v1", kind: "Job", metadata: { name: "backup-1" } }],
      contexts: ["prod", "staging"],
    });
    server = await startFakeApiServer(cluster);
  });
  afterEach(async () => {
    await server?.stop();
    await cluster?.stop();
  });

  const kubectl = async (...words: string[]): Promise<string> =>
    (await run("kubectl", words, { env: server.env })).stdout;
  const redis = async () => JSON.parse(await kubectl("get", "deployment", "redis", "-o", "json"));

  test("finds objects by name, label, short name and namespace, and says no in kubectl's own words", async () => {
    expect(await kubectl("config", "current-context")).toBe("prod\n");
    const list = JSON.parse(
      await kubectl("--context", "staging", "get", "po", "-l", "app=redis", "-o", "json"),
    );
    expect(list.items).toHaveLength(2);
    const pod = JSON.parse(await kubectl("get", "pod/postgres-0", "-o", "json"));
    expect(pod.status.phase).toBe("Running");
    expect(JSON.parse(await kubectl("get", "ns", "kube-system", "-o", "json")).metadata.uid).toMatch(/-/);
    const both = JSON.parse(await kubectl("get", "sts/postgres", "deploy/redis", "-o", "json"));
    expect(both.items.map((one: { kind: string }) => one.kind)).toEqual(["StatefulSet", "Deployment"]);
    expect(JSON.parse(await kubectl("get", "jobs,cronjobs", "-o", "json")).items).toHaveLength(1);
    await expect(kubectl("get", "pod", "nope", "-o", "json")).rejects.toThrow(
      'Error from server (NotFound): pods "nope" not found',
    );
    await expect(kubectl("get", "deploy", "nope", "-o", "json")).rejects.toThrow(
      'deployments.apps "nope" not found',
    );
    await expect(kubectl("-n", "default", "get", "sts", "postgres", "-o", "json")).rejects.toThrow(
      "NotFound",
    );
  });

  test("scale counts from what it was told, rollout waits for the pods", async () => {
    await cluster.edit((state) => {
      state.startsWithin = 300;
      state.stopsWithin = 300;
    });
    const scale = ["scale", "deployment/redis"];
    expect(await kubectl(...scale, "--current-replicas=2", "--replicas=0")).toBe(
      "deployment.apps/redis scaled\n",
    );
    await expect(kubectl(...scale, "--current-replicas=2", "--replicas=1")).rejects.toThrow(
      /expected replicas to be 2, was 0/i,
    );
    await vi.waitFor(async () => expect(await cluster.pods("redis")).toEqual([]), 20_000);
    await kubectl(...scale, "--replicas=3");
    expect(await kubectl("rollout", "status", "deployment/redis", "--timeout=30s")).toContain(
      "successfully rolled out",
    );
    expect((await redis()).status.readyReplicas).toBe(3);
  });

  test("rollout restart makes other pods, and one that never becomes ready is waited for in vain", async () => {
    const uid = (await cluster.pods("postgres"))[0]?.metadata.uid;
    await kubectl("rollout", "restart", "statefulset/postgres");
    await kubectl("rollout", "status", "statefulset/postgres", "--timeout=30s");
    expect((await cluster.pods("postgres"))[0]?.metadata.uid).not.toBe(uid);
    await cluster.edit((state) => {
      state.stuck["redis"] = "ImagePullBackOff";
    });
    await kubectl("rollout", "restart", "deployment/redis");
    await expect(kubectl("rollout", "status", "deployment/redis", "--timeout=2s")).rejects.toThrow(
      "timed out",
    );
  });

  test("an annotation is kept at the object, not overwritten unless asked to, and can be removed", async () => {
    const generation = (await redis()).metadata.generation;
    await kubectl("annotate", "deployment/redis", "lifeboat.run/x=2");
    await expect(kubectl("annotate", "deployment/redis", "lifeboat.run/x=0")).rejects.toThrow(
      "--overwrite is false",
    );
    expect((await redis()).metadata.annotations).toEqual({ "lifeboat.run/x": "2" });
    expect((await redis()).metadata.generation).toBe(generation);
    await kubectl("annotate", "deployment/redis", "lifeboat.run/x-");
    expect((await redis()).metadata.annotations ?? {}).toEqual({});
  });

  test("logs are read, a pod is deleted and comes again, exec is refused plainly", async () => {
    await cluster.edit((state) => {
      state.logs["postgres-0"] = "ready\n";
    });
    expect(await kubectl("logs", "postgres-0", "-c", "postgres")).toBe("ready\n");
    const uid = (await cluster.pods("postgres"))[0]?.metadata.uid;
    await kubectl("delete", "pod", "postgres-0", "--wait=false");
    await vi.waitFor(
      async () => expect((await cluster.pods("postgres"))[0]?.metadata.uid).not.toBe(uid),
      20_000,
    );
    await expect(kubectl("exec", "postgres-0", "-c", "postgres", "--", "true")).rejects.toThrow();
  });

  test.each([
    "config current-context",
    "config get-contexts -o name",
    "--context nope get pods -o json",
    "get pod nope -o json",
    "get nope -o json",
    "get pod postgres-0 -o json",
    "get pods -l app=none -o name",
    "get deploy,sts,jobs,pods -l app=postgres -o name",
    "get pod postgres-0 nope -o name",
    "get deployment nope --ignore-not-found -o json",
    "scale deployment/redis --current-replicas=5 --replicas=1",
    "scale deployment/redis --current-replicas=2 --replicas=1",
    "annotate deployment/redis k=v",
    "annotate deployment/redis there=w",
    "annotate --overwrite deployment/redis there=w",
    "annotate deployment/redis there-",
    "rollout status deployment/redis",
    "rollout status statefulset/postgres",
    "rollout status deployment/nope",
    "rollout restart deployment/redis",
    "delete job backup-1",
    "delete job nope",
    "exec nope -- true",
  ])("the stand-in says what it says: kubectl %s", async (line) => {
    await kubectl("annotate", "deployment/redis", "there=v");
    const words = ["-n", cluster.namespace, ...line.split(" ")];
    const { objects } = await cluster.state();
    const real = await ran(words, server.env);
    await cluster.edit((state) => {
      state.objects = objects;
    });
    expect(await ran(words, cluster.env)).toEqual(real);
  });

  test("a right that is missing, a server that is gone", async () => {
    await cluster.misbehave({ on: "patch", refuse: "forbidden" });
    await expect(kubectl("annotate", "deployment/redis", "a=b")).rejects.toThrow(
      'Error from server (Forbidden): deployments.apps "redis" is forbidden',
    );
    await server.stop();
    await expect(kubectl("get", "pods", "-o", "json")).rejects.toThrow(/was refused|connection refused/);
  });
});
