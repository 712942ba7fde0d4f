import { join } from "node:path/posix";
import type { InfluxdbConnection } from "../../runbook/store-kinds/influxdb-connection.ts";
import { isStopped } from "./facts.ts";
import type { RestoreContext } from "./restore-context.ts";
import { assign } from "./shell.ts";

type Offline = NonNullable<InfluxdbConnection["offline"]>;

/** All that the steps of an offline restore are made from. */
export interface OfflineContext {
  restore: RestoreContext;
  offline: Offline;
  places: {
    /** New meta, data and wal, built beside the live ones: on the same disk, so that they only have to be renamed. */
    built: string;
    /** The live ones, set aside. */
    kept: string;
    /** How far the exchange came: "moving" or "done". */
    mark: string;
  };
  /** It did not answer when the plan was made: then nobody can ask that it does after an undo. */
  wasStopped: boolean;
}

export function offlineContext(restore: RestoreContext, offline: Offline): OfflineContext {
  const tag = restore.names.copy.slice(restore.names.copy.lastIndexOf("__restore_") + "__restore_".length);
  return {
    restore,
    offline,
    places: {
      built: join(offline.folder, `lifeboat-restore-${tag}`),
      kept: join(offline.folder, `lifeboat-before-${tag}`),
      mark: join(offline.folder, `lifeboat-exchange-${tag}`),
    },
    wasStopped: restore.facts !== undefined && isStopped(restore.facts),
  };
}

/** Variables of the scripts that build, exchange and put back. */
export const offlineVariables = ({ offline, places }: OfflineContext): string[] =>
  assign({ folder: offline.folder, built: places.built, kept: places.kept, mark: places.mark });
