import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate } from "../helpers/estate.ts";
import { blocksOf, type HandoverStep, sectionOf, stepsLeftIn, type } from "../helpers/handover.ts";

const PASSWORD = "canary-Kd83xQ";
let estate: Estate;
let backup: string;
/** What the backup holds. */
let [whole, about]: [unknown, string | undefined] = [undefined, undefined];
beforeAll(async () => {
  estate = await openEstate({ password: PASSWORD });
  backup = await estate.backup();
  const { shop } = await estate.snapshot(["shop"]);
  [whole, about] = [shop?.tables, shop?.about];
});
afterAll(() => estate?.stop());

const at = (name: string): Record<string, string> => ({
  SHOP_URL: estate.server.tcpUrl(name).replace("postgres@", `postgres:${PASSWORD}@`),
});

const databases = async (name: string): Promise<string[]> =>
  (
    await estate.server.psql(
      "postgres",
      `SELECT datname FROM pg_database WHERE datname LIKE '${name}%' ORDER BY length(datname)`,
    )
  ).split("\n");

/** The damage: every customer is called "lost". */
const lostNames = (name: string): Promise<string> =>
  estate.server.psql(name, "SELECT count(*) FROM customers WHERE name = 'lost'");

/** A live run that is killed as soon as its journal has the line; gives what a person then finds. */
async function killedAt(
  name: string,
  line: RegExp,
  more: string[] = [],
): Promise<{ handover: string; tag: string }> {
  await estate.clone(name);
  await estate.server.psql(
    name,
    "DELETE FROM items WHERE order_id % 2 = 0; UPDATE customers SET name = 'lost';",
  );
  const before = new Set(await estate.runs());
  const args = ["run", "shop", "lost", "--live", "--confirm", name, "--backup", backup, ...more];
  const run = estate.start(args, at(name));
  const journal = async (): Promise<string> => {
    const id = (await estate.runs()).find((one) => !before.has(one));
    try {
      return id === undefined ? "" : readFileSync(join(estate.home, "runs", id, "journal.jsonl"), "utf8");
    } catch {
      return "";
    }
  };
  while (!line.test(await journal())) await setTimeout(1);
  run.kill("SIGKILL");
  await run.ended;
  const [id = ""] = (await estate.runs()).filter((one) => !before.has(one));
  return {
    handover: readFileSync(join(estate.home, "runs", id, "handover.md"), "utf8"),
    tag: /"tag": "(\w+)"/.exec(readFileSync(join(estate.home, "runs", id, "plan.json"), "utf8"))?.[1] ?? "",
  };
}

/** What the file asks to export, given by the person who knows it. */
function exported(handover: string): Record<string, string> {
  const names = [...sectionOf(handover, "Before you type").matchAll(/read -rs (\w+) /g)].map(
    ([, n]) => n ?? "",
  );
  return Object.fromEntries([
    ["PATH", estate.env["PATH"] ?? ""],
    ...names.map((name): [string, string] => [name, PASSWORD]),
  ]);
}

async function must(script: string, env: Record<string, string>): Promise<string> {
  const typed = await type(script, env);
  expect(typed, script).toMatchObject({ exit: 0 });
  return typed.stdout;
}

/** Nobody else may work on it: Lifeboat is gone, its commands and its sessions are ended. */
async function makeSure(handover: string): Promise<void> {
  // The kill may have come a moment after the end.
  if (handover.includes("The run has ended")) return;
  const env = exported(handover);
  const first = blocksOf(sectionOf(handover, "First: nobody else"));
  expect(first.length).toBeGreaterThanOrEqual(3);
  for (const { script } of first) await must(script, env);
  const look = first.find((block) => block.says.includes("must show nothing"));
  expect(await must(look?.script ?? "false", env)).toBe("");
}

async function finishStep(step: HandoverStep, env: Record<string, string>): Promise<void> {
  const probe = step.blocks.find((block) => block.says.includes("See first how far it came"));
  const answer = probe === undefined ? "NOT DONE" : (await must(probe.script, env)).trim().split("\n").at(-1);
  expect(["DONE", "NOT DONE", "PARTLY"]).toContain(answer);
  for (const block of step.blocks.filter((one) => one !== probe)) {
    if (answer === "DONE" && block.says.startsWith("Run")) continue;
    const printed = await must(block.script, env);
    if (block.prints !== undefined) expect(printed).toContain(block.prints);
  }
}

test.each([
  ["fin_create", /"step.started","step":"restore.create"/],
  ["fin_load", /"command.spawned","step":"restore.load","index":1/],
  ["fin_settings", /"step.ended","step":"restore.settings"/],
  ["fin_swap", /"command.spawned","step":"restore.swap"/],
  ["fin_swapped", /"step.ended","step":"restore.swap"/],
])("killed in %s, a person with handover.md and a shell brings the database back", async (name, line) => {
  const { handover, tag } = await killedAt(name, line);
  expect(handover).not.toContain(PASSWORD);
  await makeSure(handover);
  for (const step of stepsLeftIn(handover)) await finishStep(step, exported(handover));
  const kept = `${name}__before_${tag}`;
  expect(await databases(name)).toEqual([name, kept]);
  const now = await estate.snapshot([name]);
  expect(now[name]?.tables).toEqual(whole);
  // What is kept lets nobody in.
  await estate.server.psql("postgres", `ALTER DATABASE "${kept}" ALLOW_CONNECTIONS true`);
  expect(await lostNames(kept)).toBe("400");
});

test.each([
  ["back_load", /"command.spawned","step":"restore.load","index":1/],
  ["back_swap", /"command.spawned","step":"restore.swap"/],
  ["back_swapped", /"step.ended","step":"restore.swap"/],
])("killed in %s, the way back gives the old data and leaves nothing over", async (name, line) => {
  const { handover } = await killedAt(name, line);
  await makeSure(handover);
  const back = blocksOf(sectionOf(handover, "The way back"));
  expect(back.length).toBeGreaterThan(0);
  for (const { script } of back) await must(script, exported(handover));
  expect(await databases(name)).toEqual([name]);
  expect(await lostNames(name)).toBe("400");
  expect((await estate.snapshot([name]))[name]?.about).toBe(about);
});

const REPLACE = ["--strategy", "replace"];

test("killed while the old database is dropped for want of room, it is finished from the file alone", async () => {
  const { handover } = await killedAt("fin_replace", /"command.spawned","step":"restore.drop"/, REPLACE);
  await makeSure(handover);
  for (const step of stepsLeftIn(handover)) await finishStep(step, exported(handover));
  expect(await databases("fin_replace")).toEqual(["fin_replace"]);
  expect((await estate.snapshot(["fin_replace"]))["fin_replace"]?.tables).toEqual(whole);
});

test("killed behind the drop, the way back brings the old data from the safety copy", async () => {
  const { handover } = await killedAt("back_replace", /"step.ended","step":"restore.drop"/, REPLACE);
  expect(sectionOf(handover, "What must not")).toMatch(
    /do not remove what is kept \(it\s+removes the\s+safety copy/,
  );
  await makeSure(handover);
  for (const { script } of blocksOf(sectionOf(handover, "The way back")))
    await must(script, exported(handover));
  expect(await databases("back_replace")).toEqual(["back_replace"]);
  expect(await lostNames("back_replace")).toBe("400");
});

test("the file says what it must, in lines that fit a small terminal", async () => {
  const { handover, tag } = await killedAt("says", /"step.started","step":"restore.verify"/);
  for (const heading of [
    "Where we are",
    "What must not be done",
    "The next decision",
    "Before you type a command",
    "First: nobody else may work on it",
    "What is left, in this order",
    "The way back, in this order",
  ])
    expect(handover).toContain(`\n## ${heading}\n`);
  expect(sectionOf(handover, "Where we are")).toMatch(/RTO 10 min: until \d{4}-.* UTC, \d/);
  expect(sectionOf(handover, "What must not")).toContain("do not change says by other means");
  expect(sectionOf(handover, "The next decision")).toMatch(/This renames\s+says\s+→\s+says\\_\\_before/);
  expect(handover).toMatch(/It must show:\n\n(- .*\n)*- public.orders: rows 1600, sum -?\d+/);
  expect(handover).toContain("- first row, first column: equal to 0");
  expect(sectionOf(handover, "The way back")).toContain(
    `drops says\\_\\_restore\\_${tag.replaceAll("_", "\\_")}`,
  );
  const prose = handover.replaceAll(/`{3,}sh\n[\s\S]*?\n`{3,}\n/g, "");
  const long = prose
    .split("\n")
    .filter((one) => one.length > 80 && one.includes(" ") && !/^(# |### )/.test(one));
  expect(long.filter((one) => !/^\S* ?\S+$/.test(one))).toEqual([]);
});
