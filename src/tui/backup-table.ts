import { ageInWords } from "../base/duration.ts";
import { sizeInWords } from "../base/size.ts";
import type { BackupRow } from "./services.ts";

/** Columns of every table of backups; `gives` says which go first where there is no room. */
export const BACKUP_COLUMNS = [
  { title: "age", gives: 0, align: "right" },
  { title: "taken (UTC)", gives: 1 },
  { title: "size", gives: 2, align: "right" },
  { title: "tier", gives: 3 },
  { title: "proof", gives: 0 },
  { title: "backup", gives: 4, flexible: true },
] as const;

function proof(row: BackupRow, now: Date): string {
  const manifest = row.hasManifest ? "manifest" : "no manifest";
  return row.verifiedAt
    ? `${manifest}, verified ${ageInWords(now.getTime() - row.verifiedAt.getTime())} ago`
    : manifest;
}

/** Pure: one backup's cells in BACKUP_COLUMNS. */
export const backupCells = (row: BackupRow, now: Date): string[] => [
  ageInWords(now.getTime() - row.time.getTime()),
  row.time.toISOString().slice(0, 16).replace("T", " "),
  sizeInWords(row.bytes),
  row.tier ?? "",
  proof(row, now),
  row.id,
];
