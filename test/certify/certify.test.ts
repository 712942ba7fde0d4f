import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ran, startLifeboat } from "../helpers/lifeboat.ts";

const SHIPPED = join(import.meta.dirname, "..", "..", "runbooks");

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp("/tmp/lifeboat-certify-test-");
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function certify(runbooks: string, ...args: string[]): Promise<Ran> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LIFEBOAT_HOME: join(folder, "home"),
    LIFEBOAT_RUNBOOKS: runbooks,
  };
  return startLifeboat(["certify", ...args], { env, cwd: folder }).ended;
}

/** A runbook of one command step with this probe. */
async function certifyProbe(probe: string, effect = "reversible"): Promise<Ran> {
  const runbooks = join(folder, `probe-${probe.replaceAll(/\W/g, "")}-${effect}`);
  await mkdir(join(runbooks, "app"), { recursive: true });
  await writeFile(
    join(runbooks, "app", "system.yaml"),
    "title: app\nstores:\n  db: { kind: postgres, database: app }\n",
  );
  const step = {
    id: "act",
    title: "Act",
    kind: "command",
    run: ["true"],
    effect,
    probe: JSON.parse(probe),
  };
  await writeFile(
    join(runbooks, "app", "act.yaml"),
    JSON.stringify({ title: "Act", scenario: "test", steps: [step] }),
  );
  return certify(runbooks, "app", "act");
}

test.each([
  ["practice", "database-lost", "swap"],
  ["practice", "database-lost", "replace"],
  ["plotzed", "database-lost", "swap"],
  ["plotzed", "database-lost", "replace"],
  ["plotzed", "test-restore", "swap"],
])(
  "the shipped runbook %s %s (%s) is right at every boundary, without any server or variable",
  async (system, runbook, strategy) => {
    const ran = await certify(SHIPPED, system, runbook, "--strategy", strategy);
    expect(ran.stderr).toBe("");
    expect(ran.stdout).toMatch(/\d+ boundaries tried: PASSED/);
    expect(ran.stdout).not.toContain("no undo takes back");
    expect(ran.code).toBe(0);
  },
);

test("a probe that always says DONE is found out: the step is missing after a resume", async () => {
  const ran = await certifyProbe('["echo","DONE"]');
  expect(ran.code).toBe(20);
  expect(ran.stdout).toMatch(/Act, killed .*: resumed, it ended without "Act"/);
});

test("a probe that always says NOT DONE is found out: the step is done twice", async () => {
  const ran = await certifyProbe('["echo","NOT DONE"]');
  expect(ran.code).toBe(20);
  expect(ran.stdout).toContain('"Act" was done a second time');
});

test("a command that only reads may be done a second time", async () => {
  const ran = await certifyProbe('["echo","NOT DONE"]', "reads");
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("PASSED");
});

test("a probe that looks at the world passes", async () => {
  const ran = await certifyProbe('["sh","-c","test -e /var/lib/app/acted && echo DONE || echo NOT DONE"]');
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("no undo takes back: Act");
});

const service = (id: string, verb: string, more = ""): string =>
  `  - { id: ${id}, kind: services, host: stack, do: ${verb}, names: [web, worker]${more} }\n`;

test("services that are stopped, started and stopped again pass: what ran before is not done twice, nor forgotten", async () => {
  const runbooks = join(folder, "services");
  await mkdir(join(runbooks, "app"), { recursive: true });
  const host =
    "  stack: { kind: compose, files: [/srv/compose.yml], env: { DB_PASSWORD: '${DB_PASSWORD}' } }\n";
  await writeFile(
    join(runbooks, "app", "system.yaml"),
    `title: app\nhosts:\n${host}stores:\n  db: { kind: postgres, database: app }\n`,
  );
  const steps = [
    service("stop", "stop"),
    "  - { id: restore, kind: restore, store: db }\n",
    service("start", "start"),
    "  - { id: healthy, kind: wait, host: stack, names: [web] }\n",
    service("stop-again", "stop"),
    service("start-again", "start"),
    service("up", "up"),
  ];
  await writeFile(join(runbooks, "app", "act.yaml"), `title: Act\nscenario: test\nsteps:\n${steps.join("")}`);
  const ran = await certify(runbooks, "app", "act");
  expect(ran.stderr).toBe("");
  expect(ran.stdout).toMatch(/boundaries tried: PASSED/);
  expect(ran.stdout).not.toContain("no undo takes back");
}, 300_000);
