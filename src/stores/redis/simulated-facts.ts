import type { RedisFacts } from "./facts.ts";

/** A server as most are, for certifying runbooks without one. */
export const simulatedFacts = (): RedisFacts => ({
  running: true,
  version: "7.0.0",
  role: "master",
  mode: "standalone",
  user: "default",
  port: "6379",
  processId: "900",
  configFile: "/etc/redis/redis.conf",
  loading: false,
  replicas: 0,
  clients: 0,
  usedMemory: 1_000_000,
  saveStatus: "ok",
  appendStatus: "ok",
  unsaved: 0,
  keyspace: [{ db: 0, keys: 1000, expires: 0 }],
  settings: {
    dir: "/var/lib/redis",
    dbfilename: "dump.rdb",
    appendonly: "yes",
    appenddirname: "appendonlydir",
    "min-replicas-to-write": "0",
    "min-replicas-max-lag": "10",
  },
  files: [],
  sentinels: 0,
});
