import type { ArtifactFormat } from "../../catalog/backup.ts";
import {
  chosenBackup,
  manifestBeside,
  otherOriginNotes,
  refuseOtherFormat,
  refuseOtherOrigin,
} from "../origin.ts";
import type { StoreContext } from "../store-kind.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";

/** The artifact as far as its first bytes and its manifest tell. */
export interface RestoreSource {
  path: string;
  bytes: number;
  modifiedMs: number;
  format: ArtifactFormat;
  /** A tar archive, which has to be unpacked first. */
  isPacked: boolean;
  manifest: Manifest | undefined;
  manifestPath: string | undefined;
  /** What the operator has to know of it before it is restored. */
  notes: string[];
}

/** The chosen backup as the steps need it. Throws exit 11 when it is nothing that can be restored. */
export function sourceOf(context: StoreContext): RestoreSource {
  const input = chosenBackup(context);
  refuseOtherFormat(input, "an InfluxDB backup", ["influx-portable", "influx-legacy"]);
  const manifest = manifestBeside(manifestSchema, input);
  refuseOtherOrigin(manifest, context);
  const { backup, format } = input;
  return {
    path: backup.path,
    bytes: backup.bytes,
    modifiedMs: backup.modifiedMs,
    format,
    isPacked: backup.kind === "file",
    manifest,
    manifestPath: manifest === undefined ? undefined : backup.manifest,
    notes: otherOriginNotes(manifest, context),
  };
}

/** For actions that read no backup. */
export const NO_SOURCE: RestoreSource = {
  path: "",
  bytes: 0,
  modifiedMs: 0,
  format: { wrapper: "none", payload: "empty" },
  isPacked: false,
  manifest: undefined,
  manifestPath: undefined,
  notes: [],
};
