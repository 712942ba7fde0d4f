import type { Need } from "./need.ts";

export const redis: Need = {
  name: "redis",
  why: "the Redis store: servers with and without an append-only file, redis-check-rdb",
  tools: [
    { from: "debian", package: "redis-server", programs: ["redis-server"], units: ["redis-server.service"] },
    { from: "debian", package: "redis-tools", programs: ["redis-cli", "redis-check-rdb"] },
  ],
};
