import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { type ArtifactReport, inspectArtifact } from "../../src/catalog/inspect.ts";
import type { CheckResult } from "../../src/step/check.ts";
import { startPostgres, type TestServer } from "../helpers/postgres.ts";

export const run = promisify(execFile);
const SQL = `
  CREATE ROLE "App User";
  CREATE TABLE plots (id serial PRIMARY KEY, name text, note text);
  INSERT INTO plots (name, note) SELECT E'it''s \\\\ a\\n\\\\! plot ' || i, nullif(i % 3, 0) FROM generate_series(1, 5000) i;
  CREATE TABLE "Odd Table" (x int);
  INSERT INTO "Odd Table" VALUES (1);
  CREATE TABLE nothing_in_it (x int);
  ALTER TABLE plots OWNER TO "App User";
  CREATE INDEX plots_name ON plots (name);
  CREATE FUNCTION f(a int) RETURNS int LANGUAGE plpgsql AS $body$ BEGIN /* ' */ RETURN a; END -- \\! x
  $body$;
  CREATE FUNCTION g(a int) RETURNS int BEGIN ATOMIC SELECT a; SELECT CASE WHEN a > 1 THEN 2 END; END;`;

/** A server with a database in all the formats of a real pg_dump, in a folder of its own. */
export interface Dumps {
  server: TestServer;
  /** The plain one. */
  plain: Buffer;
  at(name: string): string;
  dump(database: string, name: string, ...flags: string[]): Promise<void>;
  /** Writes an artifact and inspects it. */
  inspected(bytes: Buffer | string, name?: string): Promise<ArtifactReport>;
  /** The plain dump up to and with this text. */
  upTo(text: string, more?: number): Buffer;
  remove(): Promise<void>;
}

export async function makeDumps(): Promise<Dumps> {
  const server = await startPostgres();
  const folder = await mkdtemp(join(tmpdir(), "lifeboat-inspect-"));
  const at = (name: string): string => join(folder, name);
  const dump = async (database: string, name: string, ...flags: string[]): Promise<void> => {
    await run(join(server.programs.bin, "pg_dump"), [...flags, "-f", at(name), database], {
      env: server.env,
    });
  };
  await server.createDatabase("plotzed");
  await server.psql("plotzed", SQL);
  await dump("plotzed", "plain.sql");
  await dump("plotzed", "custom", "-Fc");
  await dump("plotzed", "directory", "-Fd");
  await dump("plotzed", "tar", "-Ft");
  const plain = await readFile(at("plain.sql"));
  return {
    server,
    plain,
    at,
    dump,
    inspected: async (bytes, name = "backup.sql.gz") => {
      await writeFile(at(name), bytes);
      return inspectArtifact(at(name));
    },
    upTo: (text, more = 0) => plain.subarray(0, plain.indexOf(text) + text.length + more),
    remove: async () => {
      await rm(folder, { recursive: true, force: true });
      await server.stop();
    },
  };
}

export const bad = ({ results }: ArtifactReport): CheckResult[] =>
  results.filter(({ result }) => result === "fail" || result === "warning");

/** Why the one thing that is wrong is wrong. */
export function only(report: ArtifactReport): string {
  expect(bad(report).map(({ name }) => name)).toHaveLength(1);
  return bad(report)[0]?.why ?? "";
}

export const sha = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
