import type { PgFacts } from "./facts.ts";

/** A server as most are, for certifying runbooks without one. */
export function simulatedFacts(database: string): PgFacts {
  return {
    version: "simulated",
    versionNum: 150_000,
    systemIdentifier: "0",
    inRecovery: false,
    readOnlyBy: null,
    address: "simulated",
    dataDirectory: "",
    user: "simulated",
    superuser: true,
    createdb: true,
    mayAlterRoles: true,
    roleSettings: [],
    maySignal: true,
    connectionLimit: -1,
    roles: ["simulated"],
    extensions: [],
    database: {
      oid: "16384",
      owner: "simulated",
      mayOwn: true,
      encoding: "UTF8",
      allowsConnections: true,
      collate: "C",
      ctype: "C",
      comment: `the database ${database} of a simulated world`,
      bytes: 1_000_000,
    },
    sessions: [],
    superuserSessions: 0,
    prepared: [],
    slots: [],
    subscriptions: 0,
    standbys: 0,
    leftovers: [],
  };
}
