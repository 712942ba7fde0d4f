import { join } from "node:path";
import { shellWord } from "../../base/quote.ts";
import type { ArtifactFormat } from "../../catalog/backup.ts";
import type { RestoreStep, RunbookStep } from "../../runbook/runbook-schema.ts";
import { connectionAs } from "../connection-as.ts";
import {
  chosenBackup,
  manifestBeside,
  otherOriginNotes,
  refuseOtherFormat,
  refuseOtherOrigin,
} from "../origin.ts";
import type { PartContext } from "../part.ts";
import type { StoreContext, StoreInput } from "../store-kind.ts";
import { type Engine, engineOf } from "./engine.ts";
import { factsSchema, isPlain, type VolumeFacts } from "./facts.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";
import { volumeNames, type VolumeNames } from "./names.ts";

/** The chosen archive as far as its first bytes and its manifest tell. */
export interface VolumeSource {
  path: string;
  bytes: number;
  modifiedMs: number;
  format: ArtifactFormat;
  manifest: Manifest | undefined;
  manifestPath: string | undefined;
  /** Where the run keeps what the archive holds, a line each, for `comm` to compare with. */
  listPath: string;
  notes: string[];
}

/** All that the steps of one restore are made from. */
export interface VolumeContext extends PartContext {
  step: Pick<RestoreStep, "id" | "on-failure" | "queries">;
  run: StoreContext["run"];
  engine: Engine;
  names: VolumeNames;
  source: VolumeSource;
  /** undefined when the engine could not be asked while planning. */
  facts: VolumeFacts | undefined;
  /** The folder that holds the folders of all local volumes. */
  root: string;
  /** The old content changes places with the new; otherwise both are copied, because it cannot. */
  renames: boolean;
}

export const engineIn = (input: StoreInput, run: string): Engine =>
  engineOf(connectionAs(input, "volume"), run);

export const factsIn = (facts: unknown): VolumeFacts | undefined =>
  facts === undefined ? undefined : factsSchema.parse(facts);

/** The name typed at gates. */
export function liveName(input: StoreInput, step: RunbookStep | undefined): string {
  return step?.kind === "restore" && step.into !== undefined ? step.into : input.connection.subject;
}

function sourceOf(context: StoreContext, stepId: string): VolumeSource {
  const input = chosenBackup(context);
  refuseOtherFormat(input, "a volume's backup (a tar archive)", ["tar"]);
  const manifest = manifestBeside(manifestSchema, input);
  refuseOtherOrigin(manifest, context);
  const { backup, format } = input;
  const changing =
    manifest === undefined || manifest.changing.length === 0
      ? []
      : [
          `${backup.id} was made while the volume was written to; these may be half old, half new: ${manifest.changing.slice(0, 5).join(", ")}`,
        ];
  return {
    path: backup.path,
    bytes: backup.bytes,
    modifiedMs: backup.modifiedMs,
    format,
    manifest,
    manifestPath: backup.manifest,
    listPath: join(context.run.dir, "output", `${stepId}.members`),
    notes: [...otherOriginNotes(manifest, context), ...changing],
  };
}

export function restoreContext(
  step: VolumeContext["step"],
  context: StoreContext,
  live: string,
): VolumeContext {
  const facts = factsIn(context.facts);
  const source = sourceOf(context, step.id);
  const isFolder = facts === undefined || isPlain(facts);
  const copied = isFolder
    ? []
    : [
        `${live} is no plain folder of the engine (driver ${facts.volume?.Driver}): its content is copied while its containers are stopped`,
      ];
  return {
    step,
    store: context.id,
    host: context.store.host,
    mode: context.mode,
    run: context.run,
    engine: engineIn(context, context.run.id),
    names: volumeNames(live, context.run.tag, context.mode === "drill"),
    source: { ...source, notes: [...source.notes, ...copied] },
    facts,
    root: `${facts?.engine.root ?? "/var/lib/docker"}/volumes`,
    renames: context.strategy === "swap" && isFolder,
  };
}

/** "gunzip the file": its content on standard output, or its name where it is not packed. zstd unpacks gzip 2.5 times as
 * fast as gzip does (measured), where it was built to. */
export function unpacked({ path, format }: Pick<VolumeSource, "path" | "format">): string {
  const file = shellWord(path);
  if (format.wrapper === "none") return `cat ${file}`;
  if (format.wrapper === "zstd") return `zstd -dcq ${file}`;
  return `{ if zstd -vV 2> /dev/null | grep -q 'supports:.* gzip'; then zstd -dcq ${file}; else gzip -dc < ${file}; fi; }`;
}
