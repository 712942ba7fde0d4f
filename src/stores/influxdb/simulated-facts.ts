import type { InfluxFacts } from "./facts.ts";

/** A server as most are, for certifying runbooks without one. */
export function simulatedFacts(database: string): InfluxFacts {
  const [start, end] = ["2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z"];
  return {
    database,
    version: "1.8.10",
    hostname: "simulated",
    processId: 900,
    address: ":8086",
    dataFolder: "",
    walFolder: "",
    databases: ["_internal", database],
    shards: [{ database, policy: "autogen", id: 1, start, end, expires: end }],
    bytes: { [database]: 1_000_000 },
    queries: [],
    subscriptions: [],
    grants: [],
  };
}
