import type { MongoFacts } from "./facts.ts";

/** A server as most are, for certifying runbooks without one. */
export function simulatedFacts(database: string): MongoFacts {
  return {
    version: "7.0.0",
    ferret: null,
    server: "simulated",
    replicaSet: "",
    sharded: false,
    address: "simulated",
    writable: true,
    dataFolder: "",
    user: "simulated@admin",
    database,
    collections: [{ name: "simulated", type: "collection", uuid: "00000000000000000000000000000000" }],
    bytes: 1_000_000,
    users: 0,
  };
}
