import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate, RESTORE_RUNBOOK } from "../../helpers/estate.ts";
import { expectOutcome } from "../outcome.ts";

const run = promisify(execFile);
let estate: Estate;
let backup: string;
beforeAll(async () => {
  estate = await openEstate({ settings: { log_statement: "all", autovacuum: "off" } });
  backup = await estate.backup();
});
afterAll(() => estate?.stop());

const sql = (text: string): Promise<string> => estate.server.psql("postgres", text);

/** What the server was asked since `from` characters of its log, a statement each. */
async function statementsSince(from: number): Promise<string[]> {
  const log = (await estate.server.log()).slice(from);
  return [...log.matchAll(/LOG: {2}(?:statement|execute [^:]*): ([\s\S]*?)(?=\n\d{4}-\d\d-\d\d |$)/g)].map(
    (match) => match[1] ?? "",
  );
}

/** Kinds of records the server wrote between two places of its log of changes, its own housekeeping left out. */
async function changesBetween(from: string, to: string): Promise<string> {
  if (from === to) return "";
  const dump = join(estate.server.programs.bin, "pg_waldump");
  const { stdout } = await run(dump, ["-p", join(estate.server.dataDir, "pg_wal"), "-s", from, "-e", to]);
  return stdout
    .split("\n")
    .filter((line) => line !== "" && !/rmgr: (Standby|XLOG) /.test(line))
    .join("\n");
}

const STEPS = `${RESTORE_RUNBOOK}  - { id: ours, kind: command, effect: irreversible, run: [touch, was-run] }
  - { id: closed, kind: quiesce, store: database }
  - { id: opened, kind: resume-connections, store: database }
  - { id: safe, kind: safety-copy, store: database }
  - { id: by-hand, kind: manual, instructions: Do it. }
`;

test.each(["swap", "replace"])(
  "a dry run with strategy %s sends no statement that writes and changes nothing",
  async (strategy) => {
    await estate.writeRunbook("everything", STEPS);
    const before = await estate.snapshot();
    await sql("VACUUM pg_catalog.pg_database; CHECKPOINT");
    const files = await readdir(estate.folder);
    const logged = (await estate.server.log()).length;
    const from = await sql("SELECT pg_current_wal_insert_lsn()");
    const ran = await estate.lifeboat([
      "run",
      "shop",
      "everything",
      "--dry-run",
      "--backup",
      backup,
      "--strategy",
      strategy,
    ]);
    const to = await sql("SELECT pg_current_wal_insert_lsn()");
    expectOutcome(ran, 0, "DRY RUN COMPLETE", "nothing was changed", "printed only", "ALTER DATABASE");

    const asked = await statementsSince(logged);
    expect(asked.length).toBeGreaterThan(3);
    expect(
      asked.filter((text) => !/^(SELECT|BEGIN READ ONLY|COMMIT|SET search_path)\b/.test(text.trim())),
    ).toEqual([]);
    expect(asked.filter((text) => /\b(pg_terminate_backend|setval|nextval|lo_\w+)\b/.test(text))).toEqual([]);
    expect(await changesBetween(from, to)).toBe("");
    expect(existsSync(join(estate.folder, "was-run"))).toBe(false);
    expect(await readdir(estate.folder)).toEqual(files);
    expect(await estate.snapshot()).toEqual(before);
  },
);
