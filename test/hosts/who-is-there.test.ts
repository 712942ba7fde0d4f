import { expect, test } from "vitest";
import type { Launch } from "../../src/hosts/launcher.ts";
import { whoControls, whoIsThere } from "../../src/hosts/who-is-there.ts";
import type { Place } from "../../src/runbook/place.ts";
import type { Command } from "../../src/step/command.ts";
import type { Hop } from "../../src/step/hop.ts";

const ssh: Hop = { via: "ssh", destination: "deploy@db1", timeoutSeconds: 5 };
const cluster = { namespace: "grill", secrets: { TOKEN: "host.grill.env.TOKEN" } };
const ready = {
  metadata: { name: "redis-7f", uid: "pod-1", ownerReferences: [{ uid: "set-1", name: "redis" }] },
  spec: { containers: [{ name: "redis" }] },
  status: { conditions: [{ type: "Ready", status: "True" }] },
};

/** A line for each question that is answered; any other fails. */
const ANSWERS: [question: RegExp, answer: string][] = [
  [/machine-id/, "machine-1\n"],
  [/docker info/, "ENGINE\n"],
  [/inspect .*Image/, "sha256:1234567890abcdef\n"],
  [
    /inspect/,
    JSON.stringify([
      { Id: "abcdef0123456789", State: { Status: "running", Running: true, Restarting: false } },
    ]),
  ],
  [/get namespace/, JSON.stringify({ metadata: { uid: "space-1" } })],
  [/get pods?/, JSON.stringify(ready)],
];

function host(silent?: RegExp): { launch: Launch; asked: Command[] } {
  const asked: Command[] = [];
  const launch: Launch = async (command) => {
    asked.push(command);
    const line = command.argv.join(" ");
    const [, stdout] = ANSWERS.find(([question]) => question.test(line)) ?? [];
    const answers = stdout !== undefined && silent?.test(line) !== true;
    const said = answers ? { exit: 0, stdout, stderr: "" } : { exit: 1, stdout: "", stderr: "no route" };
    return { ...said, signal: undefined, cut: false, ms: 0 };
  };
  return { launch, asked };
}

test("a container behind ssh is told by its machine, its engine and itself, each asked where it is", async () => {
  const { launch, asked } = host();
  expect(await whoIsThere([ssh, { via: "docker", container: "db" }], launch)).toEqual({
    hostMachine: "machine-1",
    hostContainer: "abcdef012345",
    hostImage: "1234567890ab",
    hostEngine: "ENGINE",
  });
  expect(asked.map(({ on }) => on)).toEqual(asked.map(() => [ssh]));
});

test("what a cluster's credentials need is handed to every question about a pod, or it would have no identity", async () => {
  const { launch, asked } = host();
  expect(await whoIsThere([{ via: "kubernetes", cluster, pod: "redis-7f" }], launch)).toEqual({
    hostPod: "set-1",
  });
  expect(asked.map(({ secrets }) => secrets)).toEqual(asked.map(() => cluster.secrets));
});

test("a store's host that does not answer is an error that names it", async () => {
  await expect(whoIsThere([ssh], host(/machine-id/).launch)).rejects.toMatchObject({
    facts: { what: "deploy@db1 could not be asked who it is", why: "no route" },
  });
});

const place = (more: Partial<Place>): Place => ({
  id: "stack",
  kind: "compose",
  words: "stack",
  hops: undefined,
  outer: [ssh],
  services: {},
  path: [],
  ...more,
});

test("of a host whose services are controlled only what does not answer is left out", async () => {
  const services = { engine: {}, cluster };
  expect(await whoControls(place({ services }), host().launch)).toEqual({
    hostMachine: "machine-1",
    hostEngine: "ENGINE",
    hostNamespace: "space-1",
  });
  expect(await whoControls(place({ services }), host(/docker info/).launch)).toEqual({
    hostMachine: "machine-1",
    hostNamespace: "space-1",
  });
  expect(await whoControls(place({ services, outer: [] }), host(/get namespace/).launch)).toEqual({
    hostEngine: "ENGINE",
  });
});
