import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ran, startLifeboat } from "../helpers/lifeboat.ts";

let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp("/tmp/lifeboat-e2e-");
  env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LANG: "C.UTF-8",
    LIFEBOAT_HOME: join(folder, "home"),
  };
});

afterAll(async () => {
  await lifeboat("practice", "--remove");
  await rm(folder, { recursive: true, force: true });
});

const lifeboat = (...args: string[]): Promise<Ran> => startLifeboat(args, { env, cwd: folder }).ended;
const runFolder = async (): Promise<string> => {
  const [latest = ""] = (await readdir(join(folder, "home", "runs"))).toSorted().toReversed();
  return join(folder, "home", "runs", latest);
};

test("npm start without a terminal damages, restores, verifies, reports and leaves no estate behind", async () => {
  const ran = await lifeboat("practice");
  expect(ran.stderr).toBe("");
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("RECOVERED");
  const report = /^report +(.+)$/m.exec(ran.stdout)?.[1] ?? "";
  expect(existsSync(report)).toBe(true);
  expect(existsSync(join(folder, "home", "practice", "estate.json"))).toBe(false);
});

test.each(["database-dropped", "table-dropped", "column-overwritten", "migration-gone-wrong"])(
  "damage %s is repaired",
  async (damage) => {
    const ran = await lifeboat("practice", "--auto", "--damage", damage);
    expect(`${ran.stdout}${ran.stderr}`).toContain("RECOVERED");
    expect(ran.code).toBe(0);
  },
);

test("a truncated newest backup is refused at the gate, with nothing touched", async () => {
  const ran = await lifeboat("practice", "--auto", "--damage", "backup-truncated");
  expect(ran.code).toBe(11);
  expect(ran.stdout).toMatch(/sha256|cut|truncated/);
  expect(ran.stdout).toContain("nothing was changed");
});

test("the older backup restores what the truncated one cannot", async () => {
  const broken = await lifeboat("practice", "--auto", "--keep", "--damage", "backup-truncated");
  expect(broken.code).toBe(11);
  const ran = await lifeboat(
    "run",
    "practice",
    "database-lost",
    "--live",
    "--confirm",
    "shop",
    "--backup",
    `before:${new Date(Date.now() - 12 * 3_600_000).toISOString()}`,
  );
  expect(`${ran.stdout}${ran.stderr}`).toContain("RECOVERED");
  expect(ran.code).toBe(0);
});

test("undo puts the old data back, and a changed byte in the journal is found and its line named", async () => {
  const kept = await lifeboat("practice", "--auto", "--keep");
  expect(kept.stdout).toMatch(/remove it with: lifeboat practice --remove\n$/);
  const undone = await lifeboat("undo", "latest", "--confirm", "shop");
  expect(undone.stderr).toBe("");
  expect(undone.code).toBe(0);
  expect((await lifeboat("transcript", "verify", "latest")).code).toBe(0);

  const journal = join(await runFolder(), "journal.jsonl");
  const lines = (await readFile(journal, "utf8")).split("\n");
  lines[4] = (lines[4] ?? "").replace('"type":"', '"type": "');
  await writeFile(journal, lines.join("\n"));
  const verified = await lifeboat("transcript", "verify", "latest");
  expect(verified.code).toBe(20);
  expect(verified.stdout).toMatch(/line 5|line 6/);
});

test("practice needs no psql on the PATH: it brings that of the server it starts", async () => {
  const bare = { ...env, PATH: "/bin", LIFEBOAT_HOME: join(folder, "bare") };
  const ran = await startLifeboat(["practice", "--auto"], { env: bare, cwd: folder }).ended;
  expect(`${ran.stdout}${ran.stderr}`).toContain("RECOVERED");
});
