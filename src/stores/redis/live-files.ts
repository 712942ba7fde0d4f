import type { RedisConnection } from "../../runbook/store-kinds/redis-connection.ts";
import type { RedisFacts } from "./facts.ts";

/** Where a server keeps what it has, and how it was set. */
export interface LiveFiles {
  dir: string;
  /** The RDB file's name. */
  file: string;
  /** Name of the append-only file of version 6 and older, of its folder since 7. */
  append: string;
  appendOn: boolean;
  configFile: string;
  logFile: string;
  /** What keeps writes out while a restored server is proven, as it was before. */
  minReplicas: string;
  maxLag: string;
}

const APPEND = ["appendonlydir", "appendonly.aof"];

/** By CONFIG GET; of a server that is stopped, by system.yaml and by what lies there. undefined when neither tells. */
export function liveFiles(facts: RedisFacts, connection: RedisConnection): LiveFiles | undefined {
  if (!facts.running) return stoppedFiles(facts, connection);
  const { settings } = facts;
  const { dir, dbfilename } = settings;
  if (dir === undefined || dbfilename === undefined) return undefined;
  const log = settings["logfile"] ?? "";
  return {
    dir,
    file: dbfilename,
    append: settings["appenddirname"] ?? settings["appendfilename"] ?? "appendonly.aof",
    appendOn: settings["appendonly"] === "yes",
    configFile: facts.configFile,
    logFile: log === "" || log.startsWith("/") ? log : `${dir}/${log}`,
    minReplicas: settings["min-replicas-to-write"] ?? "0",
    maxLag: settings["min-replicas-max-lag"] ?? "10",
  };
}

function stoppedFiles({ files, folder }: RedisFacts, { dataFile }: RedisConnection): LiveFiles | undefined {
  if (folder === undefined) return undefined;
  const append = APPEND.find((name) => files.includes(name));
  return {
    dir: folder,
    file: dataFile,
    append: append ?? "appendonlydir",
    appendOn: append !== undefined,
    configFile: "",
    logFile: "",
    minReplicas: "0",
    maxLag: "10",
  };
}
