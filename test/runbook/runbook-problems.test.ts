import { expect, test } from "vitest";
import { linted, lintedRunbook, RUNBOOK, SYSTEM } from "./files.ts";

const manual = (id: string, needs: string): string =>
  `  - { id: ${id}, kind: manual, instructions: x, needs: [${needs}] }\n`;
const query = (expected: string): string =>
  `${RUNBOOK}  - { id: q, kind: query, store: database, sql: SELECT 1, expect: ${expected} }\n`;
const cleanup = (name: string): string =>
  `${RUNBOOK}  - { id: c, kind: cleanup, store: database, into: ${name} }\n`;
const HEAD = "title: a\nscenario: b\nsteps:\n";

test.each([
  [
    "a mistyped kind",
    RUNBOOK.replace("kind: restore", "kind: restroe"),
    ['5:11: unknown step kind "restroe", did you mean "restore"?'],
  ],
  [
    "a kind nobody knows",
    RUNBOOK.replace("kind: restore", "kind: frobnicate"),
    [
      '5:11: unknown step kind "frobnicate"; expected one of restore, safety-copy, verify, quiesce, resume-connections, cleanup, backup, query, command, migrate, http, wait, services, manual, confirm',
    ],
  ],
  [
    "an unknown store",
    RUNBOOK.replace("store: database", "store: databse"),
    ['6:12: unknown store "databse", did you mean "database"?'],
  ],
  [
    "an unknown host",
    `${RUNBOOK}  - { id: c, kind: command, run: [ls], effect: reads, host: lokal }\n`,
    ['7:61: unknown host "lokal", did you mean "local"?'],
  ],
  [
    "an unknown step in needs",
    RUNBOOK + manual("b", "restor"),
    ['7:53: unknown step "restor" in needs, did you mean "restore"?'],
  ],
  [
    "a step id used twice",
    RUNBOOK + manual("restore", ""),
    ['7:11: the step id "restore" is taken by the step on line 4'],
  ],
  [
    "a circle of two, one of them unwritten",
    `${RUNBOOK}    needs: [b]\n  - { id: b, kind: manual, instructions: x }\n`,
    [
      '7:5: these steps wait for each other: restore → b → restore (b without "needs" waits for the step before it)',
    ],
  ],
  [
    "a circle of three",
    HEAD + manual("a", "c") + manual("b", "a") + manual("c", "b"),
    ["4:45: these steps wait for each other: a → c → b → a"],
  ],
  [
    "a step that waits for itself",
    `${RUNBOOK}    needs: [restore]\n`,
    ["7:5: these steps wait for each other: restore → restore"],
  ],
  ["no steps", "title: a\nscenario: b\nsteps: []\n", ["3:8: an empty list: at least 1 needed"]],
  [
    "missing keys",
    "title: a\nsteps:\n  - kind: manual\n",
    [
      '1:1: missing "scenario": when to use this runbook, one line',
      '3:5: missing "id": a name in lower case letters, digits and dashes',
      '3:5: missing "instructions": what the operator does by hand, then says done or failed',
    ],
  ],
  ["a step that is a sentence", `${RUNBOOK}  - call Ann\n`, ["7:5: expected a group of keys, found text"]],
  [
    "mistyped choices and keys",
    `${RUNBOOK}    on-failure: aks\n    strategy: swop\n    tabels: [a]\n`,
    [
      '7:17: unknown on-failure "aks", did you mean "ask"?',
      '8:15: unknown strategy "swop", did you mean "swap"?',
      '9:5: unknown key "tabels", did you mean "tables"?',
    ],
  ],
  [
    "a command as one text",
    `${RUNBOOK}  - { id: c, kind: command, run: echo hi, effect: reads }\n`,
    ["7:34: expected a list, found text"],
  ],
  [
    "an expectation of nothing",
    query("{}"),
    ["7:67: an expectation needs one of equals, at-least, at-most, matches"],
  ],
  [
    "a broken regular expression",
    query('{ matches: "(" }'),
    ["7:78: not a regular expression: /(/: Unterminated group"],
  ],
  [
    "limits nothing can meet",
    query("{ at-least: 5, at-most: 2 }"),
    ['7:69: "at-least" is more than "at-most": nothing can pass'],
  ],
  [
    "a list where one value belongs",
    query("{ equals: [1] }"),
    ["7:77: expected text or a number or true or false, found a list"],
  ],
  [
    "a cleanup of the live database",
    cleanup("app"),
    ['7:52: "app" is the store\'s own name: a cleanup would remove the live data'],
  ],
  [
    "a cleanup that names no database",
    `${RUNBOOK}  - { id: c, kind: cleanup, store: database }\n`,
    ['7:20: missing "into": without it a cleanup would mean the live data'],
  ],
  [
    "a cleanup of the server's database",
    cleanup("postgres"),
    ['7:52: "postgres" belongs to the server itself and cannot be restored into or removed'],
  ],
  [
    "an irreversible command without a name to type",
    `${RUNBOOK}  - { id: c, kind: command, run: [rm, x] }\n`,
    [
      '7:20: warning: this command is irreversible (the default): give "target", the name to type at its gate, or another "effect"',
    ],
  ],
])("%s is named at its place", async (_what, text, expected) => {
  expect(await lintedRunbook(text)).toEqual(expected.map((line) => `lost.yaml:${line}`));
});

test("a file with a schema error still gets its cross-checks", async () => {
  const text = `${RUNBOOK.replace("title: Lost", "titel: Lost").replace("store: database", "store: other")}`;
  expect(await lintedRunbook(text)).toEqual([
    'lost.yaml:1:1: missing "title": text',
    'lost.yaml:1:1: unknown key "titel", did you mean "title"?',
    'lost.yaml:6:12: unknown store "other"; expected database',
  ]);
});

test("a runbook of a broken system is still checked", async () => {
  const files = { "system.yaml": SYSTEM.replace("title", "titel"), "lost.yaml": RUNBOOK + manual("b", "x") };
  const lines = await linted(files);
  expect(lines.filter((line) => line.startsWith("lost"))).toEqual([
    'lost.yaml:7:53: unknown step "x" in needs; expected restore',
  ]);
});

const scripted = (env: string): string =>
  `${RUNBOOK}  - id: c\n    kind: command\n    effect: reads\n    run: [sh, -c, 'rm -rf \${DIR}/x; for f in 1; do echo \${f}; done']\n${env}`;

test("a variable in shell text that the shell would not know is an error, not an empty word", async () => {
  expect(await lintedRunbook(scripted(""), { DIR: "/data" })).toEqual([
    'lost.yaml:10:27: ${DIR} in shell text is left to the shell, so that no value is ever spliced into a script: give this step env: { DIR: "${DIR}" }',
  ]);
  expect(await lintedRunbook(scripted('    env: { DIR: "${DIR}" }\n'), { DIR: "/data" })).toEqual([]);
});

test("a secret in an argv is refused: it would be seen in the process list", async () => {
  const lines = await linted(
    {
      "system.yaml": SYSTEM.replace("postgresql://app@localhost/app", "${DB}"),
      "lost.yaml": `${RUNBOOK}  - { id: c, kind: command, run: [psql, "\${DB}"], effect: reads }\n`,
    },
    { DB: "postgres://a:hunter2@h/app" },
  );
  expect(lines).toEqual([
    "lost.yaml:7:42: DB holds a password and would be shown here: give it to the step's env instead",
  ]);
});
