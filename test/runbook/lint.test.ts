import { join } from "node:path";
import { expect, test } from "vitest";
import { lint } from "../../src/runbook/lint.ts";
import { problemLine } from "../../src/runbook/problem.ts";
import { folderWith, linted, RUNBOOK, SYSTEM } from "./files.ts";

const SHIPPED = join(import.meta.dirname, "../../runbooks");

test("shipped runbooks have no problem but what is not there on this machine", async () => {
  const { problems, files } = await lint([SHIPPED], {});
  expect(files).toBeGreaterThanOrEqual(5);
  expect(problems.filter((p) => p.severity === "error").map(problemLine)).toEqual([]);
  for (const problem of problems)
    expect(problem.message).toMatch(/ is not set|: does not exist$|nobody is called$/);
});

test("shipped runbooks are clean once their variables are set", async () => {
  const home = folderWith({
    "practice/practice.env":
      "PRACTICE_URL='postgresql:///shop?host=%2Ftmp%2Fx&user=postgres'\nPRACTICE_BACKUPS=/b\n",
    ".env": "DATABASE_URL=postgresql://u:p@h/plotzed?schema=public\nMONGO_PASSWORD=x\n",
  });
  const { problems } = await lint([SHIPPED], {
    LIFEBOAT_HOME: home,
    PLOTZED_HOME: home,
    CONTAINER_APP_HOME: home,
    VIZORA_ENV_FILE: join(home, ".env"),
    VENDHUB_SETTINGS: join(home, ".env"),
    SLACK_WEBHOOK_URL: "https://hooks.example.org/x",
  });
  expect(problems.map(problemLine)).toEqual([]);
});

const count = async (path: string): Promise<number> => (await lint([path], {})).files;

test("a root, a system and one file can each be named, and count their files", async () => {
  const root = folderWith({ "a/system.yaml": SYSTEM, "a/lost.yaml": RUNBOOK, "b/system.yaml": SYSTEM });
  expect(await count(root)).toBe(3);
  expect(await count(join(root, "a"))).toBe(2);
  expect(await count(join(root, "a/lost.yaml"))).toBe(1);
  expect(await count(join(root, "a/system.yaml"))).toBe(1);
});

test("one runbook named alone is held against its system, whose own problems stay out", async () => {
  const folder = folderWith({
    "system.yaml": `${SYSTEM}enviroment: x\n`,
    "lost.yaml": RUNBOOK.replace("store: database", "store: databas"),
  });
  const { problems } = await lint([join(folder, "lost.yaml")], {});
  expect(problems.map((problem) => problem.message)).toEqual([
    'unknown store "databas", did you mean "database"?',
  ]);
});

test.each(["nope", "empty", "notes.md", "alone/lost.yaml"])("%s is wrong usage", async (path) => {
  const root = folderWith({ "empty/x.txt": "", "notes.md": "", "alone/lost.yaml": RUNBOOK });
  await expect(lint([join(root, path)], {})).rejects.toMatchObject({ exit: 2 });
});

test("files that would silently not be read are named", async () => {
  expect(await linted({ "system.yaml": SYSTEM, "lost.yml": RUNBOOK, "Full Restore.yaml": RUNBOOK })).toEqual([
    "Full Restore.yaml:1:1: a runbook is named in lower case letters, digits and dashes, starting with a letter",
    "lost.yml:1:1: warning: is not read: name it .yaml",
  ]);
  expect(await linted({ "a/system.yaml": SYSTEM, "b/lost.yaml": RUNBOOK })).toEqual([
    "b:1:1: warning: is not read: it has no system.yaml",
  ]);
});

test("a variable used ten times is missed once for each file", async () => {
  const text = SYSTEM.replace("App", "${T} ${T}") + "environment: ${T}\n";
  expect(await linted({ "system.yaml": text })).toEqual([
    "system.yaml:1:8: warning: T is not set; title needs it",
  ]);
});
