import type { ChFacts } from "./facts.ts";

export const SIMULATED_TABLE = "simulated";

/** A server as most are, for certifying runbooks without one. */
export function simulatedFacts(database: string): ChFacts {
  return {
    version: "24.8.1",
    host: "simulated",
    uuid: "simulated",
    port: "9000",
    readonly: false,
    dataPath: "",
    free: 1e12,
    settings: [],
    databases: [database],
    database: {
      engine: "Atomic",
      tables: [
        {
          name: SIMULATED_TABLE,
          engine: "MergeTree",
          full: "MergeTree ORDER BY tuple()",
          created: `CREATE TABLE ${database}.${SIMULATED_TABLE} (x UInt8) ENGINE = MergeTree ORDER BY tuple()`,
          columns: [{ name: "x", type: "UInt8", kind: "", expression: "" }],
          rows: 1,
          bytes: 1,
          uuid: "00000000-0000-0000-0000-000000000001",
        },
      ],
    },
    views: [],
    dictionaries: [],
    queries: [],
  };
}
