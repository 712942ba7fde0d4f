import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openSupervisor, type Supervisor } from "./supervisor.ts";

/** For a PostgreSQL server or standby; ready when it accepts connections. */
export const supervisePostgres = (
  folder: string,
  argv: readonly string[],
  dataDir = join(folder, "data"),
): Supervisor =>
  openSupervisor(folder, {
    argv,
    isReady: async () =>
      /\n(ready|standby) *\n/.test(await readFile(join(dataDir, "postmaster.pid"), "utf8")),
    gaveUp: /FATAL: .*(configuration|could not|lock file)/,
    // Not KILL: its children are to end with it.
    end: "halt QUIT",
  });
