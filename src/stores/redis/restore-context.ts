import { join } from "node:path";
import type { RedisConnection } from "../../runbook/store-kinds/redis-connection.ts";
import type { RestoreStep } from "../../runbook/runbook-schema.ts";
import type { PartContext } from "../part.ts";
import type { StoreContext } from "../store-kind.ts";
import type { RedisFacts } from "./facts.ts";
import { liveFiles, type LiveFiles } from "./live-files.ts";
import type { RestoreSource } from "./source.ts";
import { containerFiles, UNKNOWN_FILES } from "./container/files.ts";
import type { ContainerPlace } from "./container/swap-words.ts";
import { wayOf } from "./container/way.ts";

/** All that the steps of one restore are made from. */
export interface RestoreContext extends PartContext {
  step: RestoreStep;
  run: { id: string; tag: string; dir: string; nonce: string };
  connection: RedisConnection;
  /** What is typed at gates. */
  target: string;
  facts: RedisFacts | undefined;
  /** Where the live server's files are; undefined when nobody knows. */
  files: LiveFiles | undefined;
  source: RestoreSource;
  /** Where the backup is unpacked and a server of the run's own loads it. */
  copy: string;
  /** Where the old files are set aside. */
  kept: string;
  /** The folder of the live data is on this machine. */
  isHere: boolean;
  skipSafetyCopy: boolean;
  /** The server is a pod's own process: it is not stopped, it takes the copy over. */
  inPod: boolean;
  /** What a restore works on when the server is a container's own process. */
  container: ContainerPlace | undefined;
}

export const isPod = (place: StoreContext["place"]): boolean => place?.kind === "kubernetes";

/**
 * A drill works in the run's folder. Live, the copy is made in the data folder's own file system: the file that was proven
 * is the one that is put in place, without being copied once more.
 */
export function restoreContext(
  step: RestoreStep,
  context: StoreContext,
  connection: RedisConnection,
  facts: RedisFacts | undefined,
  source: RestoreSource,
): RestoreContext {
  const { mode, run, id, store, localData, skipSafetyCopy } = context;
  const way = wayOf(context, connection, facts, run);
  const files = facts && (way ? containerFiles(facts, connection) : liveFiles(facts, connection));
  const folder = files?.dir ?? "";
  const inRun = mode === "drill" || files === undefined;
  const inRunFolder = way ? "/" : run.dir;
  const copy = inRun ? join(inRunFolder, `${step.id}-copy`) : join(folder, `lifeboat-restore-${run.tag}`);
  const kept = join(folder, `lifeboat-before-${run.tag}`);
  return {
    step,
    store: id,
    host: store.host,
    mode,
    run,
    connection,
    target: connection.subject,
    facts,
    files,
    source,
    copy,
    kept,
    isHere: localData !== undefined,
    skipSafetyCopy,
    inPod: isPod(context.place),
    container: way && {
      way,
      connection,
      files: files === undefined ? UNKNOWN_FILES : { appendFile: "appendonly.aof", ...files },
      copy,
      kept,
      answered: facts?.running !== false,
      wasUp: facts?.running !== false || facts.container?.status === "restarting",
    },
  };
}
