import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import type { ClusterSnapshot } from "../../helpers/cluster-snapshot.ts";
import { type Estate, openEstate } from "../../helpers/estate.ts";
import type { Ran, Running } from "../../helpers/lifeboat.ts";

export const run = promisify(execFile);

/** The server's password, which must not come back anywhere. */
export const CANARY = "canary-Pa55word";

/** Values and a body with lines that are psql commands only to somebody who does not read SQL. */
const TRAPS = String.raw`
CREATE TABLE notes (text text, id int);
INSERT INTO notes SELECT E'\\! touch ' || n || E'\n\\.\n\\connect other\there', n FROM generate_series(1, 40) n;
CREATE FUNCTION shout(t text) RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
  /* one line of this is psql's anywhere else:
\! touch /tmp/lifeboat-was-here
  */
  RETURN upper(t);
END $body$;`;

export interface Artifacts {
  estate: Estate;
  /** A path in the folder of the spoilt ones. */
  at(name: string): string;
  /** A plain dump of the shop without a manifest. */
  plain: Buffer;
  /** One of pg_dump's files by its name; `database` is the shop unless said. */
  dump(name: string, flags: string[], database?: string): Promise<string>;
  /** Writes a file; `like` gives it the manifest of this backup. */
  write(name: string, bytes: Buffer | string, like?: string): Promise<string>;
  /** The program with the shop as its database. */
  lifeboat(args: string[]): Promise<Ran>;
  /** A live run from a backup, confirmed by its name. */
  restore(backup: string, database?: string): Promise<Ran>;
  /** The same of the shop, still going. */
  start(backup: string): Running;
  /** A live run that must be refused: exit 11, every word said, nothing changed, no secret told. */
  refused(backup: string, ...words: RegExp[]): Promise<Ran>;
  /** The same with another environment, e.g. of stand-ins. */
  refusedWith(env: Record<string, string>, backup: string, ...words: RegExp[]): Promise<Ran>;
  /** A live run into a damaged copy of the shop that must bring all of it back, green. */
  restored(backup: string, ...words: RegExp[]): Promise<Ran>;
  /** The password is in nothing that was printed or written. */
  noSecret(ran: Ran): Promise<void>;
}

/** An estate reached over TCP with a password, and the shop with traps in it. */
export async function openArtifacts(): Promise<Artifacts> {
  const estate = await openEstate({ password: CANARY });
  const { server } = estate;
  await server.psql("shop", TRAPS);
  const folder = join(estate.folder, "artifacts");
  await mkdir(folder);
  const at = (name: string): string => join(folder, name);
  const dump: Artifacts["dump"] = async (name, flags, database = "shop") => {
    const argv = [...flags, "-f", at(name)];
    await run(join(server.programs.bin, "pg_dump"), argv, { env: { ...server.env, PGDATABASE: database } });
    return at(name);
  };
  const url = (database: string): Record<string, string> => ({
    SHOP_URL: server.tcpUrl(database).replace("postgres@", `postgres:${CANARY}@`),
  });
  const start = (backup: string, database: string, env: Record<string, string> = {}): Running =>
    estate.start(["run", "shop", "lost", "--live", "--confirm", database, "--backup", backup], {
      ...url(database),
      ...env,
    });
  const looked = new Set<string>();
  const noSecret: Artifacts["noSecret"] = async (ran) => {
    expect(ran.stdout + ran.stderr).not.toContain(CANARY);
    for (const file of await filesBelow(estate.home)) {
      if (!looked.has(file)) expect(await readFile(file, "latin1"), file).not.toContain(CANARY);
      looked.add(file);
    }
  };
  let [before, copies]: [ClusterSnapshot | undefined, number] = [undefined, 0];
  const refusedWith: Artifacts["refusedWith"] = async (env, backup, ...words) => {
    before ??= await estate.snapshot();
    const ran = await start(backup, "shop", env).ended;
    const said = ran.stdout + ran.stderr;
    for (const word of words) expect(said).toMatch(word);
    expect(said).toMatch(/nothing was changed|changed: nothing/);
    expect(said).toMatch(/fix: |next: /);
    expect(ran.code, said).toBe(11);
    expect(await estate.snapshot()).toEqual(before);
    await noSecret(ran);
    return ran;
  };
  return {
    estate,
    at,
    plain: await readFile(await dump("plain.sql", [])),
    dump,
    write: async (name, bytes, like) => {
      await writeFile(at(name), bytes);
      if (like !== undefined) await copyFile(`${like}.manifest.json`, `${at(name)}.manifest.json`);
      return at(name);
    },
    lifeboat: (args) => estate.lifeboat(args, url("shop")),
    restore: (backup, database = "shop") => start(backup, database).ended,
    start: (backup) => start(backup, "shop"),
    noSecret,
    refused: (backup, ...words) => refusedWith({}, backup, ...words),
    refusedWith,
    restored: async (backup, ...words) => {
      const name = `copy_${(copies += 1)}`;
      await estate.clone(name);
      const { [name]: whole } = await estate.snapshot([name]);
      await server.psql(
        name,
        "DELETE FROM items; UPDATE customers SET name = 'gone'; DROP VIEW order_totals;",
      );
      const ran = await start(backup, name).ended;
      const said = ran.stdout + ran.stderr;
      expect(ran.code, said).toBe(0);
      for (const word of words) expect(said).toMatch(word);
      expect(said).toMatch(/RECOVERED/);
      const after = await estate.snapshot();
      expect(after[name]?.tables).toEqual(whole?.tables);
      expect(after[name]?.about).toBe(whole?.about);
      expect(await server.psql(name, "SELECT count(*) FROM order_totals")).toBe("400");
      await dropKept(estate, name, Object.keys(after), said);
      await noSecret(ran);
      return ran;
    },
  };
}

/** Only the old data may be left beside, and the result has named it. */
async function dropKept(estate: Estate, name: string, databases: string[], said: string): Promise<void> {
  const beside = databases.filter((other) => other.startsWith(`${name}__`));
  expect(beside).toEqual([expect.stringMatching(/__before_\d{4}_\d{6}_\w{4}$/)]);
  for (const kept of beside) expect(said).toContain(kept);
  for (const made of [name, ...beside])
    await estate.server.psql("postgres", `DROP DATABASE "${made}" WITH (FORCE)`);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
