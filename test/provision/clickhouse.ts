import type { Need } from "./need.ts";

/** ClickHouse 18.16, an old one on purpose: it has neither EXCHANGE TABLES nor BACKUP. */
export const clickhouse: Need = {
  name: "clickhouse",
  why: "the ClickHouse store, with the pairs of RENAME that old servers need",
  tools: [
    {
      from: "debian",
      package: "clickhouse-server",
      programs: ["clickhouse-server"],
      units: ["clickhouse-server.service"],
    },
    { from: "debian", package: "clickhouse-client", programs: ["clickhouse-client"] },
  ],
};
