import type { Need } from "./need.ts";

/** Debian's cluster is not used: each test starts its own server, as an unprivileged user. */
export const postgres: Need = {
  name: "postgres",
  why: "the PostgreSQL store, practice, the sweeps; zstd for dumps, ps to look for what was left behind",
  tools: [
    { from: "debian", package: "postgresql", programs: ["initdb", "pg_ctl"], units: ["postgresql.service"] },
    { from: "debian", package: "postgresql-client", programs: ["psql", "pg_dump", "pg_restore"] },
    { from: "debian", package: "zstd", programs: ["zstd"] },
    { from: "debian", package: "procps", programs: ["ps"] },
  ],
};
