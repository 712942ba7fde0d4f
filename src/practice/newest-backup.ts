import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";

const HAS_DATE = /\d{8}|\d{4}-\d\d-\d\d/;
const BESIDE = /\.(json|sha256|log|cut)$/;
const digits = (path: string): string => basename(path).replaceAll(/\D/g, "");

/** The newest backup, told by the time in its name: its file in which most of the rows lie, and that file's size in bytes. */
export function newestBackup(folder: string): { file: string; bytes: number } {
  const newest = artifacts(folder).sort((a, b) => (digits(a) < digits(b) ? 1 : -1))[0];
  if (newest === undefined) {
    throw new LifeboatError(EXIT.failed, {
      what: "there is no backup that could be cut",
      where: folder,
      next: "choose another damage",
    });
  }
  return largest(newest);
}

function artifacts(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (BESIDE.test(entry.name)) return [];
    if (HAS_DATE.test(entry.name)) return [join(folder, entry.name)];
    return entry.isDirectory() ? artifacts(join(folder, entry.name)) : [];
  });
}

/** Of a backup that is a folder, the member with most in it. */
function largest(path: string): { file: string; bytes: number } {
  const stat = statSync(path);
  if (!stat.isDirectory()) return { file: path, bytes: stat.size };
  const members = readdirSync(path).map((name) => largest(join(path, name)));
  return members.reduce((most, member) => (member.bytes > most.bytes ? member : most), {
    file: path,
    bytes: 0,
  });
}
