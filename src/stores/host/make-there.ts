import { join } from "node:path/posix";
import type { CheckResult } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import { fetchCommands, removeCommand, sumsCommand } from "./carry-files.ts";
import { carried, type FarPlace } from "./far-place.ts";
import { judgeSameThere } from "./judges.ts";

/** How a backup that is made on another host comes to this machine. */
export interface MadeThere {
  /** Where it is made there. */
  path: string;
  before: Command[];
  /** Prints "folder" or "file". */
  isFolder: Command;
  /** Brings it to a path of this machine. */
  fetch: (here: string, isFolder: boolean) => Command[];
  sums: Command;
  /** What the sums say when what came has this digest; empty when it is the same. */
  judge: (sums: string, sha256: string) => CheckResult[];
  /** Run at the end whatever happened. */
  after: Command[];
}

/** `name` is what it will be called here. */
export function makeThere(place: FarPlace, nonce: string, name: string): MadeThere {
  const folder = join(place.tmp, `lifeboat-backup-${nonce}`);
  const path = join(folder, (name.split("/").at(-1) ?? "backup").replaceAll(/[^\w.+@%=,:~-]/g, "_"));
  const plain = (...argv: string[]): Command => carried(place, { argv, env: {}, secrets: {} });
  return {
    path,
    before: [plain("mkdir", "-m", "700", folder)],
    isFolder: plain("sh", "-c", 'if [ -d "$0" ]; then echo folder; else echo file; fi', path),
    fetch: (here, isFolder) => fetchCommands(place, { here, there: path, isFolder }),
    sums: sumsCommand(place, path),
    judge: (sums, sha256) =>
      judgeSameThere(
        { stdout: sums, stderr: "", exit: 0 },
        { name: "what came is what was made there", readBy: "here" },
        () => ({ sha256 }),
      ).filter(({ result }) => result === "fail"),
    after: [removeCommand(place, folder, folder)],
  };
}
