import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isRunning } from "./is-running.ts";
import { type StandInCluster, startStandInCluster } from "./kubectl-stand-in.ts";

let cluster: StandInCluster;
beforeEach(async () => {
  cluster = await startStandInCluster({
    workloads: [
      { kind: "StatefulSet", name: "postgres", containers: { postgres: { PGUSER: "grill" }, exporter: {} } },
      { kind: "Deployment", name: "redis", replicas: 2 },
    ],
    objects: [
      {
        apiVersion: "batch/v1",
        kind: "CronJob",
        metadata: { name: "backup" },
        spec: { schedule: "0 1 * * *" },
      },
    ],
    contexts: ["prod", "staging"],
  });
});
afterEach(() => cluster.stop());

const IN = ["exec", "-i", "postgres-0", "-c", "postgres", "--"];

/** kubectl exec with this standard input. */
function fed(input: string, ...words: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const argv = ["-n", cluster.namespace, ...words];
    const env = { ...process.env, ...cluster.env };
    const child = execFile("kubectl", argv, { env }, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

test("a command runs in the pod's folder with the container's environment, and its exit code comes back", async () => {
  const world = await cluster.worldOf("postgres-0");
  const ran = await fed("in\n", ...IN, "sh", "-c", "cat; pwd; echo $PGUSER $HOSTNAME; exit 3");
  expect(ran).toEqual({
    code: 3,
    stdout: `in\n${world}\ngrill postgres-0\n`,
    stderr: "command terminated with exit code 3\n",
  });
});

test("a pod is found by name and by label; one of another namespace, context or container is not", async () => {
  const one = JSON.parse(await cluster.kubectl("get", "pod", "postgres-0", "-o", "json"));
  expect(one.kind).toBe("Pod");
  expect(one.status.conditions[0]).toEqual({ type: "Ready", status: "True" });
  const list = JSON.parse(await cluster.kubectl("get", "pods", "-l", "app=redis", "-o=json"));
  expect(list.items).toHaveLength(2);
  const refused = (said: string, ...words: string[]) =>
    expect(cluster.kubectl(...words)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(said),
    });
  await refused('pods "postgres-0" not found', "get", "pod", "postgres-0", "-o", "json", "-n", "default");
  await refused('context "prd" does not exist', "--context", "prd", "get", "pods", "-o", "json");
  await refused("container nope is not valid", "exec", "postgres-0", "-c", "nope", "--", "true");
  await refused("unknown flag", "exec", "postgres-0", "--as-root", "--", "true");
  expect(await cluster.kubectl("config", "current-context")).toBe("prod\n");
});

test("a deployment that is scaled to 0 and back has other pods, the same uid, and the count is guarded", async () => {
  await cluster.edit((state) => {
    state.stopsWithin = 200;
    state.startsWithin = 200;
  });
  const before = await cluster.pods("redis");
  await cluster.kubectl("scale", "deployment/redis", "--current-replicas=2", "--replicas=0");
  await expect(
    cluster.kubectl("scale", "deployment/redis", "--current-replicas=2", "--replicas=5"),
  ).rejects.toThrow("Expected replicas to be 2, was 0");
  expect(
    (await cluster.pods("redis")).every(({ metadata }) => metadata.deletionTimestamp !== undefined),
  ).toBe(true);
  await vi.waitFor(async () => expect(await cluster.pods("redis")).toEqual([]), 20_000);
  await cluster.kubectl("scale", "deployment", "redis", "--replicas=2");
  await cluster.kubectl("rollout", "status", "deployment/redis", "--timeout=20s");
  const after = await cluster.pods("redis");
  const names = (pods: typeof after): string[] => pods.map(({ metadata }) => metadata.name);
  expect(names(after)).toHaveLength(2);
  expect(names(after)).not.toContain(names(before)[0]);
});

test("rollout restart makes other pods; a stateful one keeps its name", async () => {
  const uid = (await cluster.pods("postgres"))[0]?.metadata.uid;
  await cluster.kubectl("rollout", "restart", "statefulset/postgres");
  await cluster.kubectl("rollout", "status", "statefulset/postgres", "--timeout=20s");
  const [pod] = await cluster.pods("postgres");
  expect(pod?.metadata.name).toBe("postgres-0");
  expect(pod?.metadata.uid).not.toBe(uid);
  await cluster.edit((state) => {
    state.stuck["postgres"] = "CrashLoopBackOff";
  });
  await cluster.kubectl("rollout", "restart", "statefulset/postgres");
  await expect(cluster.kubectl("rollout", "status", "statefulset/postgres", "--timeout=1s")).rejects.toThrow(
    "timed out waiting for the condition",
  );
});

test("an annotation is not overwritten unless asked to", async () => {
  await cluster.kubectl("annotate", "deployment/redis", "lifeboat.run/x=2");
  await expect(cluster.kubectl("annotate", "deployment/redis", "lifeboat.run/x=0")).rejects.toThrow(
    "already has a value (2)",
  );
  await cluster.kubectl("annotate", "deployment/redis", "lifeboat.run/x-");
  const redis = JSON.parse(await cluster.kubectl("get", "deployment", "redis", "-o", "json"));
  expect(redis.metadata.annotations).toEqual({});
});

test("objects can be applied, listed, deleted, and logs read", async () => {
  await writeFile(
    join(cluster.folder, "job.json"),
    JSON.stringify({ apiVersion: "batch/v1", kind: "Job", metadata: { name: "once" } }),
  );
  await cluster.kubectl("apply", "-f", join(cluster.folder, "job.json"));
  expect(await cluster.kubectl("get", "cronjobs,jobs", "-o", "name")).toBe(
    "cronjob.batch/backup\njob.batch/once\n",
  );
  await cluster.kubectl("delete", "job", "once");
  expect(await cluster.kubectl("get", "jobs", "-o", "name")).toBe("");
  await cluster.edit((state) => {
    state.logs["backup-1"] = "a\nb\n";
    state.logs["postgres-0"] = "a\nb\n";
  });
  expect(await cluster.kubectl("logs", "postgres-0", "--tail=1")).toBe("b\n");
});

test("each misbehaviour is what it says", async () => {
  const write = [...IN, "sh", "-c", "echo one; echo two; exit 4"];
  await cluster.misbehave({ on: "exec", cutAfter: 5, says: "error: lost connection" });
  expect(await fed("", ...write)).toEqual({ code: 0, stdout: "one\nt", stderr: "error: lost connection\n" });
  await cluster.misbehave({ on: "exec", cutAfter: 0 });
  expect(await fed("", ...write)).toEqual({ code: 0, stdout: "", stderr: "" });
  await cluster.misbehave({ on: "exec", loseTail: 4 });
  expect(await fed("", ...write)).toMatchObject({ code: 4, stdout: "one\n" });
  await cluster.misbehave({ on: "exec", cr: true, noise: "Defaulted container\n" });
  expect(await fed("", ...write)).toMatchObject({ code: 4, stdout: "Defaulted container\none\r\ntwo\r\n" });
  await cluster.misbehave({ on: "exec", refuse: "forbidden", times: 1 });
  expect(await fed("", ...write)).toMatchObject({ code: 1, stderr: expect.stringContaining("(Forbidden)") });
  expect(await fed("", ...write)).toMatchObject({ code: 4, stdout: "one\ntwo\n" });
  const [old] = await cluster.pods("redis");
  await cluster.misbehave({ on: "exec", recreate: true });
  const gone = await fed("", "exec", old?.metadata.name ?? "", "--", "true");
  expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining("not found") });
});

test("a command outlives its kubectl: its input ends, its output goes nowhere; stop() ends it", async () => {
  const world = await cluster.worldOf("postgres-0");
  const script = "cat > got; head -c 1000000 /dev/zero && echo $$ > pid; exec sleep 600";
  const child = spawn("kubectl", ["-n", cluster.namespace, ...IN, "sh", "-c", script], {
    env: { ...process.env, ...cluster.env },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.write("half");
  await vi.waitFor(() => expect(existsSync(join(world, "got"))).toBe(true), 20_000);
  child.kill("SIGKILL");
  await once(child, "exit");
  const pid = await vi.waitFor(async () => {
    const text = await readFile(join(world, "pid"), "utf8");
    expect(text).toContain("\n");
    return text.trim();
  }, 20_000);
  expect(await isRunning(pid)).toBe(true);
  await cluster.stop();
  expect(await isRunning(pid)).toBe(false);
  expect(existsSync(cluster.folder)).toBe(false);
});

test("input that never ends there, and a kubectl that never ends", async () => {
  await cluster.misbehave({ on: "exec", noEof: true, times: 1 }, { on: "exec", hang: "after", times: 1 });
  const argv = ["-n", cluster.namespace, ...IN, "sh", "-c", "echo begun; cat > /dev/null; echo ended"];
  for (const heard of ["begun\n", "begun\nended\n"]) {
    const child = spawn("kubectl", argv, { env: { ...process.env, ...cluster.env } });
    let said = "";
    child.stdout.on("data", (data) => (said += String(data)));
    child.stdin.end();
    await vi.waitFor(() => expect(said).toBe(heard), 20_000);
    expect(child.exitCode).toBe(null);
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});
