import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate, RESTORE_RUNBOOK } from "../helpers/estate.ts";
import { RealTerminal } from "../tui/terminal.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const PATIENCE = 20_000;

let estate: Estate;
let backup: string;
let terminal: RealTerminal | undefined;

beforeAll(async () => {
  estate = await openEstate();
  backup = await estate.backup();
  const run = ["sh", "-c", "echo applying; echo 'ERROR:  relation \"geo\" already exists' >&2; exit 1"];
  const step = {
    id: "migrate",
    kind: "migrate",
    title: "Migrations",
    run,
    target: "shop",
    optional: "tables stay old",
  };
  await estate.writeRunbook("migrating", `${RESTORE_RUNBOOK}  - ${JSON.stringify(step)}\n`);
});
afterEach(() => terminal?.end());
afterAll(() => estate?.stop());

/** A live run on a database of its own, up to the decision about its failed migration. */
async function failedMigration(name: string, env: Record<string, string> = {}): Promise<RealTerminal> {
  await estate.clone(name);
  const args = [
    "run",
    "shop",
    "migrating",
    "--live",
    "--confirm",
    name,
    "--confirm",
    "shop",
    "--backup",
    backup,
  ];
  const screen = new RealTerminal(PROGRAM, args, 80, 24, { ...estate.env, ...estate.at(name), ...env });
  terminal = screen;
  await screen.until(/go on/, PATIENCE);
  await screen.press("g");
  await screen.until(/name:/, PATIENCE);
  await screen.press(...name, "enter");
  await screen.until(/Migrations FAILED/, PATIENCE);
  const shown = await screen.until(/leave it like this/, PATIENCE);
  for (const choice of ["retry", "edited command", "fixed it by hand", "skip", "shell", "undo everything"])
    expect(shown).toContain(choice);
  return screen;
}

const down = (times: number): string[] => Array.from({ length: times }, () => "down");

async function report(name: string): Promise<string> {
  const [run = ""] = (await estate.runs()).filter((id) => id.includes("-shop-migrating-"));
  const text = await readFile(join(estate.home, "runs", run, "report.md"), "utf8");
  expect(text).toContain(name);
  return text;
}

test("a failed migration that is skipped with a reason ends with 23, the reason in the report", async () => {
  const screen = await failedMigration("skipped");
  await screen.press(...down(3), "enter");
  await screen.until("reason:", PATIENCE);
  await screen.press(..."applied by hand", "enter");
  await screen.until(/RECOVERED WITH 1 DEVIATION[^]*close/, PATIENCE);
  await screen.press("q");
  expect(await screen.exited).toBe(23);
  expect(await report("skipped")).toContain("applied by hand");
});

test("a retry with an edited command shows the change, records it, and ends with 23", async () => {
  const { PATH } = await estate.standIns({ "my-editor": "#!/bin/sh\nsed -i 's/exit 1/exit 0/' \"$1\"\n" });
  const screen = await failedMigration("edited", { EDITOR: "my-editor", VISUAL: "", PATH: PATH ?? "" });
  await screen.press(...down(1), "enter");
  await screen.until(/\+ .*exit 0|exit 0/, PATIENCE);
  await screen.press("enter");
  await screen.until(/RECOVERED WITH 1 DEVIATION[^]*close/, PATIENCE);
  await screen.press("q");
  expect(await screen.exited).toBe(23);
  expect(await report("edited")).toMatch(/edited/);
});

test("undo at the decision ends with 21, and everything is as it was", async () => {
  await estate.clone("taken-back");
  const before = await estate.snapshot(["taken-back"]);
  await estate.server.psql("postgres", 'DROP DATABASE "taken-back"');
  const screen = await failedMigration("taken-back");
  const oid = (await estate.snapshot(["taken-back"]))["taken-back"]?.oid;
  await screen.press(...down(5), "enter");
  await screen.until("type:", PATIENCE);
  await screen.press(..."taken-back", "enter");
  await screen.until(/FAILED AND UNDONE[^]*close/, PATIENCE);
  await screen.press("q");
  expect(await screen.exited).toBe(21);
  const after = await estate.snapshot(["taken-back"]);
  expect(after["taken-back"]?.tables).toEqual(before["taken-back"]?.tables);
  expect(after["taken-back"]?.about).toEqual(before["taken-back"]?.about);
  expect(after["taken-back"]?.oid).not.toBe(oid);
  expect(
    await estate.server.psql(
      "postgres",
      "SELECT count(*) FROM pg_database WHERE datname LIKE 'taken-back\\_\\_%'",
    ),
  ).toBe("0");
});
