import type { ArtifactFormat } from "../../catalog/backup.ts";
import { auxFields } from "../../catalog/kinds/rdb-head.ts";
import {
  chosenBackup,
  manifestBeside,
  otherOriginNotes,
  refuseOtherFormat,
  refuseOtherOrigin,
} from "../origin.ts";
import type { StoreContext } from "../store-kind.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";

/** The chosen backup as far as its first bytes and its manifest tell. */
export interface RestoreSource {
  path: string;
  bytes: number;
  modifiedMs: number;
  format: ArtifactFormat;
  /** Version of the RDB format. */
  rdb: number;
  /** Bytes of memory the data will take: the manifest knows, or else the file itself says what it took when it was saved. */
  memory: number;
  manifest: Manifest | undefined;
  manifestPath: string | undefined;
  notes: string[];
}

/** For actions that read no backup. */
export const NO_SOURCE: RestoreSource = {
  path: "",
  bytes: 0,
  modifiedMs: 0,
  format: { wrapper: "none", payload: "empty" },
  rdb: 0,
  memory: 0,
  manifest: undefined,
  manifestPath: undefined,
  notes: [],
};

/** Throws exit 11 when it is nothing that can be restored. */
export function sourceOf(context: StoreContext): RestoreSource {
  const input = chosenBackup(context);
  const { backup, format, head } = input;
  refuseOtherFormat(input, "a Redis backup (RDB)", ["rdb"]);
  const manifest = manifestBeside(manifestSchema, input);
  refuseOtherOrigin(manifest, context);
  return {
    path: backup.path,
    bytes: backup.bytes,
    modifiedMs: backup.modifiedMs,
    format,
    rdb: Number(head.toString("latin1", 5, 9)),
    memory: manifest?.bytes ?? Number(auxFields(head)["usedMemory"] ?? backup.bytes * 4),
    manifest,
    manifestPath: backup.manifest,
    notes: otherOriginNotes(manifest, context),
  };
}
