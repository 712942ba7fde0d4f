import type { RedisFacts } from "../facts.ts";
import { liveFiles, type LiveFiles } from "../live-files.ts";
import type { RedisConnection } from "../../../runbook/store-kinds/redis-connection.ts";

/** Where a server in a container keeps what it has. */
export interface ContainerFiles extends LiveFiles {
  /** Name of the append-only file: the whole of it up to version 6, since 7 the beginning of names in its folder. */
  appendFile: string;
}

/** For plans that only print. */
export const UNKNOWN_FILES: ContainerFiles = {
  dir: "<the server's folder>",
  file: "dump.rdb",
  append: "appendonlydir",
  appendFile: "appendonly.aof",
  appendOn: false,
  configFile: "",
  logFile: "",
  minReplicas: "0",
  maxLag: "10",
};

/**
 * By what the server says; of one that does not run, by system.yaml, the words of its start command and where its image
 * begins to work. undefined when CONFIG is not allowed.
 */
export function containerFiles(facts: RedisFacts, connection: RedisConnection): ContainerFiles | undefined {
  const { settings, container } = facts;
  if (facts.running) {
    const files = liveFiles(facts, connection);
    return (
      files && {
        ...files,
        append: settings["appenddirname"] ?? "appendonlydir",
        appendFile: settings["appendfilename"] ?? "appendonly.aof",
      }
    );
  }
  if (container === undefined) return undefined;
  const { words, workingFolder } = container;
  return {
    dir: connection.dataFolder ?? words["dir"] ?? (workingFolder === "" ? "/data" : workingFolder),
    file: words["dbfilename"] ?? connection.dataFile,
    append: words["appenddirname"] ?? "appendonlydir",
    appendFile: words["appendfilename"] ?? "appendonly.aof",
    appendOn: words["appendonly"] === "yes",
    configFile: "",
    logFile: "",
    minReplicas: "0",
    maxLag: "10",
  };
}
