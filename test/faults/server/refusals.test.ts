import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate, RESTORE_RUNBOOK, SHOP_SYSTEM } from "../../helpers/estate.ts";
import { expectOutcome } from "../outcome.ts";

let estate: Estate;
let backup: string;
let before: unknown;
beforeAll(async () => {
  estate = await openEstate();
  backup = await estate.backup();
  before = await estate.snapshot();
});
afterAll(() => estate?.stop());

/** Refused before anything is asked of the server: no run is opened, nothing is changed. */
async function refused(
  args: string[],
  code: number,
  says: (string | RegExp)[],
  env?: Record<string, string>,
): Promise<void> {
  const runs = await estate.runs();
  expectOutcome(await estate.lifeboat(args, env), code, ...says);
  expect(await estate.runs()).toEqual(runs);
  expect(await estate.snapshot()).toEqual(before);
}
const live = (...more: string[]): string[] => ["run", "shop", "lost", "--live", "--backup", backup, ...more];

test("a live run that nobody confirms is refused, with the flag that would answer", async () => {
  await refused(live(), 30, ["nobody is there to ask", "--confirm shop", "changed: nothing"]);
  await refused(live("--confirm", "shopp"), 30, ["--confirm shop"]);
});

test("a gate further on that no flag answers ends the run with what is where and the flag", async () => {
  await estate.writeRunbook(
    "asks",
    `${RESTORE_RUNBOOK}  - { id: tell, kind: manual, instructions: Tell the team. }\n`,
  );
  const first = await estate.lifeboat([
    "run",
    "shop",
    "asks",
    "--live",
    "--confirm",
    "shop",
    "--backup",
    backup,
  ]);
  expectOutcome(first, 30, "nobody is there to answer this gate", "--done tell", "shop is the restored copy");
  const run = /lifeboat undo (\S+)/.exec(first.stdout)?.[1] ?? "";
  expectOutcome(await estate.lifeboat(["undo", run, "--confirm", "shop"]), 0);
  expect(await estate.snapshot()).toEqual(before);
});

const USAGE: [what: string, args: () => string[], ...says: (string | RegExp)[]][] = [
  ["system", () => ["run", "shpo", "lost", "--dry-run"], 'unknown system "shpo"', "shop"],
  ["runbook", () => ["run", "shop", "losst", "--dry-run"], '"losst"', "lost"],
  ["flag", () => ["run", "shop", "lost", "--dry-runn"], "--dry-runn", "--dry-run"],
  ["command", () => ["rnu", "shop", "lost"], "rnu", "run"],
  ["strategy", () => live("--strategy", "swapp"), "swapp", "swap, replace"],
  ["mode", () => ["run", "shop", "lost"], "the mode is missing", "--dry-run, --drill, --live"],
  ["two modes", () => live("--drill"), "more than one mode is given"],
  [
    "backup",
    () => ["run", "shop", "lost", "--dry-run", "--backup", backup.replace("shop-", "shpo-")],
    /shpo-/,
    /next: /,
  ],
  ["run", () => ["undo", "no-such-run"], 'unknown run "no-such-run"', "lifeboat runs"],
];
test.each(USAGE)(
  "an unknown %s is wrong usage, exit 2, with what was probably meant",
  async (_what, args, ...says) => {
    await refused(args(), 2, says);
  },
);

const INVALID: [what: string, system: string, runbook: string, ...says: (string | RegExp)[]][] = [
  [
    "YAML that is none",
    SHOP_SYSTEM.replace("title: Shop", "title: [Shop"),
    RESTORE_RUNBOOK,
    /bad\/system\.yaml:\d+:\d+/,
  ],
  [
    "an unknown key",
    SHOP_SYSTEM.replace("    url:", "    ulr:"),
    RESTORE_RUNBOOK,
    /bad\/system\.yaml:7:5: .*ulr.*url/,
  ],
  [
    "an unknown store kind",
    SHOP_SYSTEM.replace("postgres", "postgress"),
    RESTORE_RUNBOOK,
    /bad\/system\.yaml:6:11: .*did you mean "postgres"/,
  ],
  [
    "an unknown key of a step",
    SHOP_SYSTEM,
    RESTORE_RUNBOOK.replace("tables:", "tabels:"),
    /bad\/lost\.yaml:7:5: .*tabels.*tables/,
  ],
  [
    "an unknown store",
    SHOP_SYSTEM,
    RESTORE_RUNBOOK.replace("store: database", "store: databse"),
    /bad\/lost\.yaml:6:12: .*databse.*database/,
  ],
  [
    "needs that go round in a circle",
    SHOP_SYSTEM,
    RESTORE_RUNBOOK.replace("    kind: restore", "    needs: [after]\n    kind: restore") +
      "  - { id: after, needs: [restore], kind: query, store: database, sql: SELECT 1 }\n",
    /bad\/lost\.yaml:\d+:\d+: .*(restore.*after|after.*restore)/,
  ],
  [
    "a variable nobody set",
    SHOP_SYSTEM.replace("SHOP_URL", "NOBODY_SET_THIS"),
    RESTORE_RUNBOOK,
    "NOBODY_SET_THIS",
    /bad\/system\.yaml:7:\d+/,
  ],
];
test.each(INVALID)("%s is exit 10 with file, line and column", async (_what, system, runbook, ...says) => {
  await estate.writeSystem(system, "bad");
  await estate.writeRunbook("lost", runbook, "bad");
  await refused(["run", "bad", "lost", "--live", "--confirm", "shop", "--backup", backup], 10, [
    "changed: nothing",
    ...says,
  ]);
});

test("a store with no backup at all is refused before the server is touched", async () => {
  await refused(["run", "shop", "lost", "--live", "--confirm", "shop"], 11, [
    /no backup/i,
    estate.backups,
    /next: /,
  ]);
  expect(existsSync(estate.backups)).toBe(false);
});

test("a preflight that fails behind a step that has changed something is a failed run: it does not say that nothing was touched", async () => {
  const stop = "{ id: stop, title: Stop the shop, kind: command, effect: reversible, run: ['true'] }";
  await estate.writeRunbook("behind", RESTORE_RUNBOOK.replace("steps:\n", `steps:\n  - ${stop}\n`));
  const inShop = (text: string) => estate.server.psql("shop", text);
  await inShop("CREATE SUBSCRIPTION feed CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false)");
  const args = ["run", "shop", "behind", "--live", "--confirm", "shop", "--backup", backup];
  const ran = await estate.lifeboat(args).finally(async () => {
    await inShop("ALTER SUBSCRIPTION feed SET (slot_name = NONE)");
    await inShop("DROP SUBSCRIPTION feed");
  });
  expectOutcome(ran, 20, "no subscriptions", '"Stop the shop" was run', "lifeboat resume");
  expect(ran.stdout).not.toMatch(/NOT STARTED|nothing was touched/);
});
