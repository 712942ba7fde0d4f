import type { Command } from "../../step/command.ts";
import { type Client, shell } from "./client.ts";

/**
 * Calls that a user may not be allowed, or that a server does not know, leave their part open. The answer gets a name
 * first: what is returned at once, mongosh only waits for outside of the try.
 */
export const MAYBE = `const maybe = (ask, otherwise) => { try { const answer = ask(); return answer; } catch (error) { return otherwise; } };`;

/** A function that gives the name, type and uuid of every collection. */
export const LISTED = `const hex = (uuid) => uuid === undefined ? "" : uuid.toString("hex");
const listed = (of) => of.getCollectionInfos().map(({ name, type, info }) => ({ name, type, uuid: hex(info?.uuid) }));`;

/** Kept by the server for itself, in every installation, since it was first started. */
const SERVER = `maybe(() => listed(admin).filter(({ name }) => name === "system.version" || name === "system.users")
  .map(({ uuid }) => uuid).sort().join(" "), "")`;

/** What a server says about itself and one database, as a line of JSON. */
export function askFacts(client: Client, database: string): Command {
  return shell(
    client,
    database,
    `${MAYBE}
${LISTED}
const admin = db.getSiblingDB("admin");
const hello = admin.runCommand({ hello: 1 });
const build = admin.runCommand({ buildInfo: 1 });
const who = maybe(() => db.runCommand({ connectionStatus: 1 }).authInfo.authenticatedUsers[0], undefined);
print(EJSON.stringify({
  version: build.version,
  ferret: build.ferretdbVersion ?? null,
  server: ${SERVER},
  replicaSet: hello.setName ?? "",
  sharded: hello.msg === "isdbgrid",
  address: hello.me ?? ${JSON.stringify(client.connection.hosts)},
  writable: (hello.isWritablePrimary ?? hello.ismaster) === true && hello.readOnly !== true,
  dataFolder: maybe(() => admin.runCommand({ getCmdLineOpts: 1 }).parsed.storage?.dbPath ?? "", ""),
  user: who === undefined ? "" : who.user + "@" + who.db,
  database: ${JSON.stringify(database)},
  collections: listed(db),
  bytes: maybe(() => Number(db.runCommand({ dbStats: 1 }).dataSize), null),
  users: maybe(() => db.runCommand({ usersInfo: 1 }).users.length, null),
}));`,
  );
}
