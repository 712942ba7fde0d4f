import { afterEach, beforeEach, expect, test } from "vitest";
import { createLauncher, type LaunchOptions } from "../../src/hosts/launcher.ts";
import type { Command } from "../../src/step/command.ts";
import type { HopOf } from "../../src/step/hop.ts";
import { type StandInCluster, startStandInCluster } from "../helpers/kubectl-stand-in.ts";
import { until } from "../helpers/until.ts";

/**
 * There is no cluster here: kubectl is a stand-in whose pods are folders of this machine. What Kubernetes itself does
 * with a connection is not shown by these tests; what Lifeboat does when it is lost, cut or altered is.
 */
let cluster: StandInCluster;
let runs = 0;
beforeEach(async () => {
  cluster = await startStandInCluster({
    workloads: [
      { kind: "StatefulSet", name: "postgres", containers: { postgres: {}, exporter: {} } },
      { kind: "StatefulSet", name: "influxdb" },
      { kind: "Deployment", name: "redis", replicas: 2 },
    ],
    contexts: ["prod", "staging"],
  });
  runs += 1;
});
afterEach(() => cluster.stop());

type Pod = Omit<HopOf<"kubernetes">, "via" | "cluster"> & { context?: string; namespace?: string };

function into({ context, namespace, ...pod }: Pod): Command["on"] {
  const named = { context: context ?? "prod", namespace: namespace ?? cluster.namespace, secrets: {} };
  return [{ via: "kubernetes", cluster: named, ...pod }];
}

const inside = (script: string, pod: Pod = { pod: "influxdb-0" }, more: Partial<Command> = {}): Command => ({
  argv: ["sh", "-c", script],
  env: {},
  secrets: {},
  on: into(pod),
  ...more,
});

function launch(command: Command, options: Partial<LaunchOptions> = {}) {
  const env = { PATH: "/usr/bin:/bin", ...cluster.env, LIFEBOAT_RUN: `kubernetes-test-${runs}` };
  const launcher = createLauncher({ env, secret: () => "canary-11", allow: "everything", graceMs: 300 });
  return launcher(command, { effect: "reversible", ...options });
}

test("a command runs in the pod with its input and secrets; its exit code is its own", async () => {
  const done = await launch(
    inside('cat; echo "$PW"; exit 1', undefined, { stdin: "héllo\n", secrets: { PW: "k" } }),
  );
  expect(done).toMatchObject({ stdout: "héllo\ncanary-11\n", exit: 1 });
  expect(done.transport).toBeUndefined();
  expect((await cluster.calls()).flat().join(" ")).not.toContain("canary-11");
});

test("no terminal is asked for, and the container is always named", async () => {
  await launch(inside("true", { pod: "postgres-0", container: "postgres" }));
  const exec = (await cluster.calls()).find((call) => call.includes("exec")) ?? [];
  expect(exec).toEqual(expect.arrayContaining(["-i", "-c", "postgres", "--context", "prod"]));
  expect(exec.filter((word) => /^-\w*t/.test(word))).toEqual([]);
});

test.each<[what: string, pod: Pod, says: string | RegExp]>([
  [
    "several containers and none named",
    { pod: "postgres-0" },
    "pod postgres-0 has several containers: postgres, exporter",
  ],
  [
    "a container that is not there",
    { pod: "influxdb-0", container: "db" },
    /pod influxdb-0 has no container db/,
  ],
  ["two pods that fit the labels", { selector: "app=redis" }, /2 pods fit app=redis: redis-/],
  ["labels that no pod has", { selector: "app=redsi" }, "no pod fits app=redsi in namespace grill-stats"],
  ["a pod that is not there", { pod: "influxdb-7" }, "pod influxdb-7 in grill-stats cannot be reached"],
  [
    "a wrong namespace",
    { pod: "influxdb-0", namespace: "default" },
    "pod influxdb-0 in default cannot be reached",
  ],
  [
    "a wrong context",
    { pod: "influxdb-0", context: "prd" },
    "pod influxdb-0 in grill-stats cannot be reached",
  ],
])("%s: nothing is run", async (_what, pod, says) => {
  await expect(launch(inside("touch touched", pod))).rejects.toMatchObject({
    exit: 11,
    facts: { what: typeof says === "string" ? says : expect.stringMatching(says) },
  });
  expect((await cluster.calls()).filter((call) => call.includes("exec"))).toEqual([]);
});

test("an account that may not look or run programs there is told which right it lacks", async () => {
  await cluster.misbehave({ on: "exec", refuse: "forbidden" });
  const { transport } = await launch(inside("true"));
  expect(transport).toMatchObject({ begun: "no", next: expect.stringContaining("pods/exec") });
});

test.each([0, 30, 60, 90])(
  "a stream that is cut after %i bytes with exit code 0 is no success",
  async (cutAfter) => {
    await cluster.misbehave({ on: "exec", cutAfter, times: 1 });
    const done = await launch(inside("echo 0123456789012345678901234567890123456789; echo and more"));
    expect(done.exit).toBeUndefined();
    expect(done.transport?.begun).toBe(cutAfter >= 60 ? "yes" : "unknown");
  },
);

test("a tail that is lost on the way is no success, whatever the exit code says", async () => {
  await cluster.misbehave({ on: "exec", loseTail: 5, times: 1 });
  const done = await launch(inside("echo all rows"));
  expect(done.exit).toBeUndefined();
  expect(done.transport?.what).toContain("lost while the command ran");
});

test("what goes on in the pod after the connection was lost is ended there", async () => {
  await cluster.misbehave({ on: "exec", cutAfter: 45, says: "error: lost connection to pod", times: 1 });
  const done = await launch(
    inside("trap '' HUP PIPE; echo begun and going on for long; sleep 81; touch after"),
  );
  expect(done.transport).toMatchObject({ begun: "yes", why: expect.stringContaining("lost connection") });
  expect(done.transport?.next).toContain("nothing of it runs there any more");
});

test("words on stdout and a default container's name are not the command's output", async () => {
  await cluster.misbehave({ on: "exec", noise: 'Defaulted container "x" out of: x, y\n' });
  expect(await launch(inside("echo rows"))).toMatchObject({ stdout: "rows\n", exit: 0 });
});

test("carriage returns that something adds are found out", async () => {
  await cluster.misbehave({ on: "exec", cr: true });
  expect((await launch(inside("echo rows"))).transport?.what).toContain("carriage returns");
});

test("a kubectl that never passes on the end of standard input holds nothing up", async () => {
  await cluster.misbehave({ on: "exec", noEof: true });
  expect(await launch(inside("cat", undefined, { stdin: "rows\n" }))).toMatchObject({
    stdout: "rows\n",
    exit: 0,
  });
});

test("a kubectl that hangs after the command ended holds nothing up", async () => {
  await cluster.misbehave({ on: "exec", hang: "after" });
  expect(await launch(inside("echo rows; exit 3"))).toMatchObject({ stdout: "rows\n", exit: 3 });
});

test.each([0, 1_500])(
  "a command that is stopped after %i ms while kubectl hangs is not said to have ended",
  async (ms) => {
    await cluster.misbehave({ on: "exec", hang: "before", times: 1 });
    expect((await launch(inside("echo rows"), { signal: AbortSignal.timeout(ms) })).exit).toBeUndefined();
  },
);

test("a pod that was replaced is found under its new name by its labels, and not under the old one", async () => {
  await cluster.kubectl("scale", "deployment/redis", "--replicas=1");
  await until(async () => (await cluster.pods("redis")).length === 1);
  const env = { PATH: "/usr/bin:/bin", ...cluster.env };
  const launcher = createLauncher({ env, secret: () => "", allow: "everything" });
  const hostname = () => launcher(inside("echo $HOSTNAME", { selector: "app=redis" }), { effect: "reads" });
  const first = (await hostname()).stdout;
  await cluster.recreate();
  // The name it knew is gone: that is told, and only the next call looks it up anew.
  expect((await hostname()).transport).toMatchObject({ begun: "no" });
  const second = (await hostname()).stdout;
  expect(second).toMatch(/^redis-/);
  expect(second).not.toBe(first);
});
