import { manifestSchema, type Manifest } from "./manifest.ts";
import {
  chosenBackup,
  manifestBeside,
  otherOriginNotes,
  refuseBackup,
  refuseOtherFormat,
  refuseOtherOrigin,
} from "../origin.ts";
import type { StoreContext } from "../store-kind.ts";
import type { PgFacts } from "./facts.ts";
import { preambleRepairs, type Repair } from "./repairs.ts";
import type { RestoreSource } from "./restore-context.ts";

const RESTORABLE = ["plain", "custom", "directory", "tar"];

/** The chosen backup as the steps need it. Throws exit 11 when it is nothing that can be restored. */
export function sourceOf(context: StoreContext, facts: PgFacts | undefined): RestoreSource {
  const input = chosenBackup(context);
  const { backup, format, head } = input;
  refuseOtherFormat(input, "a PostgreSQL backup", RESTORABLE);
  if (format.wrapper !== "none" && format.payload === "tar") {
    throw refuseBackup(
      "a compressed tar archive cannot be read by pg_restore",
      backup.path,
      "pg_restore needs to seek in a tar archive; unpack it first",
    );
  }
  const manifest = manifestBeside(manifestSchema, input);
  refuseOtherOrigin(manifest, context);
  const plain = format.payload === "plain" ? head.toString("utf8") : "";
  const repairs =
    format.payload === "plain"
      ? preambleRepairs(plain, context.clients["psql"] ?? "", facts?.versionNum, 1)
      : [];
  return {
    path: backup.path,
    bytes: backup.bytes,
    modifiedMs: backup.modifiedMs,
    format,
    manifest,
    repairs,
    roles: manifest?.roles ?? [],
    extensions: manifest?.shape.filter((o) => o.kind === "extension").map((o) => o.name) ?? [],
    madeBy: /^-- Dumped by pg_dump version (.+)$/m.exec(plain)?.[1],
    notes: notesOn(backup.id, manifest, context, repairs),
  };
}

/** Said before the start, in the plan and in the report. */
function notesOn(
  id: string,
  manifest: Manifest | undefined,
  context: StoreContext,
  repairs: readonly Repair[],
): string[] {
  const dropped = repairs.flatMap(({ drops }) =>
    drops === "" ? [] : [`${id}: left out when restored: ${drops}`],
  );
  return [...otherOriginNotes(manifest, context), ...dropped];
}
