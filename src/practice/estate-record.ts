import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** What `<home>/practice/estate.json` says about the estate, so that a later Lifeboat can remove it. */
const recordSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  folder: z.string(),
  socketDir: z.string(),
  port: z.number(),
  pid: z.number().optional().describe("the server, once it has started"),
  serverStarted: z.string().optional().describe("its start, seconds since 1970, from postmaster.pid"),
  createdAt: z.string(),
  machine: z.string(),
  lifeboatPid: z.number(),
  lifeboatStarted: z
    .string()
    .describe("so that a reused process id is not taken for it; empty where unknown"),
  kept: z.boolean().describe("left running on purpose when Lifeboat ended"),
});
export type EstateRecord = z.infer<typeof recordSchema>;

export const practiceFolder = (home: string): string => join(home, "practice");
const recordFile = (home: string): string => join(practiceFolder(home), "estate.json");

/** undefined when there is no estate, "unreadable" when the file is not what Lifeboat writes. */
export function readRecord(home: string): EstateRecord | "unreadable" | undefined {
  let text: string;
  try {
    text = readFileSync(recordFile(home), "utf8");
  } catch {
    return undefined;
  }
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return "unreadable";
  }
}

function writeBeside(home: string, record: EstateRecord): string {
  mkdirSync(practiceFolder(home), { recursive: true, mode: 0o700 });
  const beside = `${recordFile(home)}.${record.id}`;
  writeFileSync(beside, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  return beside;
}

/** Takes the place of the one practice of this home; false when there is one already. Whole or not at all. */
export function claim(home: string, record: EstateRecord): boolean {
  const beside = writeBeside(home, record);
  try {
    linkSync(beside, recordFile(home));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(beside, { force: true });
  }
}

/** Replaces the record at once, never leaving half of it. */
export function update(home: string, record: EstateRecord): void {
  renameSync(writeBeside(home, record), recordFile(home));
}

/** Forgets this estate and no other. */
export function forget(home: string, id: string): void {
  const found = readRecord(home);
  if (found !== undefined && found !== "unreadable" && found.id === id) rmSync(recordFile(home));
}

/** Puts a record that cannot be read aside, for a person to look at. Gives its new path. */
export function setAside(home: string): string {
  const aside = `${recordFile(home)}.unreadable`;
  renameSync(recordFile(home), aside);
  return aside;
}
