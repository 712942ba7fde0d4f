import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectOutcome } from "../faults/outcome.ts";
import { type Estate, openEstate, SHOP_SYSTEM } from "../helpers/estate.ts";
import { until } from "../helpers/until.ts";

const BACKUP = `title: Backup
scenario: tonight's backup is missing
steps:
  - { id: save, kind: backup, store: database, tier: weekly }
`;

/** Of the password's own: it may stand nowhere but in the environment of who needs it. */
const CANARY = "canary-4711";

let estate: Estate;
beforeAll(async () => {
  estate = await openEstate();
  // Named, so that the URL's password goes its own way.
  await estate.writeSystem(
    SHOP_SYSTEM.replace("url: ${SHOP_URL}", "url: ${SHOP_URL}\n    password: ${SHOP_PASSWORD:-}").replace(
      "{timestamp}*",
      "{timestamp}.dump",
    ),
  );
  await estate.writeRunbook("backup", BACKUP);
});
afterAll(() => estate?.stop());

const files = async (): Promise<string[]> =>
  readdir(estate.backups, { recursive: true }).then(
    (names) => names.filter((name) => /shop-/.test(name)).toSorted(),
    () => [],
  );
const run = (...args: string[]) =>
  estate.lifeboat(["run", "shop", "backup", ...args], { SHOP_PASSWORD: CANARY });

test("a dry run and a drill take no backup, and say what would be typed", async () => {
  expectOutcome(await run("--dry-run"), 0, "DRY RUN COMPLETE");
  expectOutcome(await run("--drill"), 0, "DRILL PASSED");
  const plan = await estate.lifeboat(["plan", "shop", "backup"]);
  expect(plan.stdout).toMatch(/lifeboat backup --tier weekly --note \S+ shop database/);
  expect(await files()).toEqual([]);
});

test("live: the backup is found where a restore looks for it, in its tier, and is no recovery", async () => {
  const ran = await run("--live", "--confirm", "shop");
  expectOutcome(ran, 0, /DONE/, /database: in the catalog|checks +2 passed/);
  expect(ran.stdout).not.toContain("RECOVERED");
  expect(ran.stdout).not.toContain("RTO");
  expect((await files()).some((name) => /^weekly\/shop-\d{8}_\d{6}\.dump$/.test(name))).toBe(true);
  const [id = ""] = await estate.runs();
  for (const name of ["plan.json", "journal.jsonl", "handover.md", "report.md"])
    expect(await readFile(join(estate.home, "runs", id, name), "utf8")).not.toContain(CANARY);
});

test("a backup that fails fails the step", async () => {
  const broken = await estate.standIns({ pg_dump: "#!/bin/sh\necho 'disk on fire' >&2\nexit 1\n" });
  const ran = await estate.lifeboat(["run", "shop", "backup", "--live", "--confirm", "shop"], broken);
  expectOutcome(ran, 20, "disk on fire");
});

test("stopped in the middle, it leaves nothing half done", async () => {
  const before = await files();
  const begun = join(estate.folder, "begun");
  const slow = await estate.standIns({ pg_dump: `#!/bin/sh\ntouch ${begun}\nexec sleep 600\n` });
  const running = estate.start(["backup", "shop"], slow);
  await until(() => existsSync(begun));
  running.kill("SIGTERM");
  const ended = await running.ended;
  expectOutcome(ended, 20, "it was stopped");
  expect(await files()).toEqual(before);
});
