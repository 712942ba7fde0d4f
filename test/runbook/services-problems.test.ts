import { expect, test } from "vitest";
import { linted } from "./files.ts";

const SYSTEM = `title: T
hosts:
  server: { kind: ssh, destination: deploy@db1 }
  stack: { kind: compose, files: [/srv/docker-compose.yml] }
  box: { kind: docker, container: box }
  cluster: { kind: kubernetes, context: prod, namespace: app }
stores:
  database: { kind: postgres, database: app }
`;

const problems = async (...steps: string[]): Promise<string[]> => {
  const lines = steps.map((step, at) => `  - { id: s${at}, ${step} }\n`).join("");
  const all = await linted({ "system.yaml": SYSTEM, "run.yaml": `title: a\nscenario: b\nsteps:\n${lines}` });
  return all.map((line) => line.replace(/^\d+:\d+: /, ""));
};
const services = (words: string): string => `kind: services, ${words}`;

test.each([
  [
    "what a compose project knows",
    [
      services("host: stack, do: stop"),
      services("host: stack, do: up, names: [a], recreate: true"),
      services("host: stack, do: down"),
    ],
  ],
  ["a container that is its host", [services("host: box, do: restart")]],
  [
    "containers, units and processes on other hosts",
    [
      services("host: server, manager: docker, do: stop, names: [a, b], grace: 30s"),
      services("manager: systemd, do: start, names: [cron.service]"),
      services("manager: pm2, do: start, names: [a], file: /srv/e.config.js, environment: production"),
    ],
  ],
  [
    "a start that has its number from a stop",
    [
      services("host: cluster, do: stop, names: [deployment/a]"),
      services("host: cluster, do: start, names: [deployment/a]"),
      services("host: cluster, do: start, names: [deployment/b], replicas: 2"),
    ],
  ],
  ["waiting for either", ["kind: wait, store: database", "kind: wait, host: stack, names: [a], within: 1m"]],
])("%s is nothing to complain about", async (_what, steps) => {
  expect(await problems(...steps)).toEqual([]);
});

test.each([
  [
    "nobody to tell on an ssh host",
    services("host: server, do: stop, names: [a]"),
    'on a host of kind ssh somebody has to be told: give "manager": docker, systemd or pm2',
  ],
  [
    "a manager that does not control there",
    services("host: cluster, manager: systemd, do: stop, names: [a]"),
    "systemd controls services on hosts of kind local, ssh, and this one is of kind kubernetes",
  ],
  [
    "what a manager does not know",
    services("host: box, do: up"),
    'docker does not know "up"; expected one of stop, start, restart',
  ],
  [
    "a whole project by name",
    services("host: stack, do: down, names: [a]"),
    "down takes a whole project: leave names away, or use do: stop",
  ],
  [
    "no names where there is no whole",
    services("manager: systemd, do: stop"),
    'which services? Give "names"',
  ],
  ["a name twice", services("host: stack, do: stop, names: [a, b, a]"), '"a" stands there twice'],
  [
    "a name of another kind",
    services("host: cluster, do: stop, names: [redis]"),
    '"redis" is not a name of kubernetes: write deployment/<name> or statefulset/<name>',
  ],
  [
    "a start nobody has counted for",
    services("host: cluster, do: start, names: [deployment/a]"),
    'how many replicas of deployment/a? No stop before records it: give "replicas"',
  ],
  [
    "recreate where nothing is made",
    services("host: stack, do: start, names: [a], recreate: true"),
    '"recreate" is for do: up only',
  ],
  [
    "an environment without a file",
    services("manager: pm2, do: start, names: [a], environment: production"),
    '"environment" is for the ecosystem file of pm2: give file as well',
  ],
  ["a wait for nothing", "kind: wait, within: 1m", 'what is waited for? Give "store", or "host" and "names"'],
  [
    "a wait for two things",
    "kind: wait, store: database, host: stack",
    'it waits either for a "store" or for services of a "host": keep one of them',
  ],
  ["a mistyped manager", services("host: stack, manager: compos, do: stop"), 'did you mean "compose"?'],
])("%s is told", async (_what, step, says) => {
  expect((await problems(step)).join("\n")).toContain(says);
});

test("a word that a program would take for an option is no name", async () => {
  expect((await problems(services("host: stack, do: stop, names: [--all]"))).join("\n")).toContain(
    "one word of letters",
  );
});
