import { expect, test } from "vitest";
import { linted, lintedRunbook, RUNBOOK, SYSTEM } from "./files.ts";

const bringUp = (...steps: string[]): string =>
  `title: Lost\nscenario: b\nbring-up:\n${steps.map((step) => `  - { ${step} }\n`).join("")}${RUNBOOK.slice(RUNBOOK.indexOf("steps:"))}`;
const START = "id: start, kind: command, run: [pg_ctl, start], effect: reversible";

test("commands, manual steps, questions and waits may bring the servers up, and others may need them", async () => {
  const text = bringUp(
    START,
    "id: wait, kind: wait, store: database, within: 2m",
    "id: cable, kind: manual, instructions: x",
  );
  expect(await lintedRunbook(`${text}    needs: [start]\n`)).toEqual([]);
});

test("what acts on a store cannot come before its server is up", async () => {
  expect(await lintedRunbook(bringUp("id: dump, kind: safety-copy, store: database"))).toEqual([
    'lost.yaml:4:23: "safety-copy" cannot stand in bring-up: it runs before the servers can be asked, so it takes services, wait, manual, command, http',
  ]);
  expect(await lintedRunbook(bringUp(`${START}, store: database`))).toEqual([
    "lost.yaml:4:75: a step in bring-up names no store: its server is not up yet, and cannot be asked who it is",
  ]);
});

test("an id is taken once in the whole file, and bring-up needs nothing that comes later", async () => {
  expect(await lintedRunbook(bringUp(START.replace("id: start", "id: restore")))).toEqual([
    'lost.yaml:6:9: the step id "restore" is taken by the step on line 4',
  ]);
  expect(await lintedRunbook(bringUp(`${START}, needs: [restore]`))).toEqual([
    'lost.yaml:4:83: unknown step "restore" in needs',
  ]);
});

test("an unknown kind, host and store are told in bring-up too, and so is a script that would be empty", async () => {
  const found = await lintedRunbook(
    bringUp(
      "id: a, kind: frob",
      `id: b, kind: command, host: far, run: [x], effect: reads`,
      "id: c, kind: wait, store: databse",
      'id: d, kind: command, run: [sh, -c, "echo ${X}"], effect: reads',
    ),
  );
  expect(found).toEqual([
    expect.stringMatching(/^lost.yaml:4:\d+: unknown step kind "frob"/),
    expect.stringMatching(/^lost.yaml:5:\d+: unknown host "far"/),
    'lost.yaml:6:33: unknown store "databse", did you mean "database"?',
    expect.stringMatching(/^lost.yaml:7:\d+: \$\{X\} in shell text is left to the shell/),
  ]);
});

test("a secret in the env of a step that brings a server up is hidden as everywhere else", async () => {
  const system = SYSTEM.replace("app@localhost", "app:${PW}@localhost");
  const step = 'id: start, kind: command, run: [x], effect: reads, env: { A: "${PW}" }';
  expect(await linted({ "system.yaml": system, "lost.yaml": bringUp(step) }, { PW: "x" })).toEqual([]);
});
