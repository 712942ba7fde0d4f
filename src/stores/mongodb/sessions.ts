import type { Command } from "../../step/command.ts";
import { appName, type Client, shell } from "./client.ts";
import { MAYBE } from "./facts-script.ts";

const json = (value: unknown): string => JSON.stringify(value);

/** Operations of a run; FerretDB lists none. The asking session bears another name. */
const found = (run: string): string => `${MAYBE}
const admin = db.getSiblingDB("admin");
const found = maybe(() => admin.runCommand({ currentOp: 1, active: true }).inprog, [])
  .filter(({ appName }) => appName === ${json(appName(run))});`;

/** A line for each operation of a run at the server, whatever process it belonged to. */
export function lookForSessions(client: Client, run: string): Command {
  return shell(
    client,
    "admin",
    `${found(run)}
for (const { opid, ns, op, secs_running } of found) print("operation " + opid + " on " + ns + ": " + op + ", " + secs_running + " s");`,
  );
}

export function endSessions(client: Client, run: string): Command {
  return shell(
    client,
    "admin",
    `${found(run)}
for (const { opid } of found) admin.runCommand({ killOp: 1, op: opid });`,
  );
}
