import type { ArtifactFormat } from "../../catalog/backup.ts";

import type { RestoreStep } from "../../runbook/runbook-schema.ts";
import type { Mode, Strategy } from "../../step/mode.ts";
import type { Client } from "./client.ts";
import type { PgFacts } from "./facts.ts";
import type { Manifest } from "./manifest.ts";
import type { RestoreNames } from "./names.ts";

/** The artifact as far as its first bytes and its manifest tell. */
export interface RestoreSource {
  path: string;
  bytes: number;
  /** When the file was last changed, as it was chosen. */
  modifiedMs: number;
  format: ArtifactFormat;
  manifest: Manifest | undefined;
  /** sed expressions for lines this psql or server does not know, and what they drop, for people. */
  repairs: { expression: string; drops: string }[];
  roles: string[];
  extensions: string[];
  madeBy: string | undefined;
  /** What the operator has to know of it before it is restored. */
  notes: string[];
}

/** All that the steps of one restore are made from. */
export interface RestoreContext {
  step: RestoreStep;
  store: string;
  host: string;
  mode: Mode;
  strategy: Strategy;
  run: { id: string; dir: string; nonce: string };
  client: Client;
  names: RestoreNames;
  source: RestoreSource;
  /** undefined when the server could not be asked while planning. */
  facts: PgFacts | undefined;
  jobs: number;
  /** The data folder, when it is on this machine and df can be asked. */
  localDataDirectory: string | undefined;
  safetyFolder: string;
  skipSafetyCopy: boolean;
}

/** Bytes the restored copy will take: the manifest knows; otherwise a usual ratio of dumps to databases. */
export function estimatedBytes(source: RestoreSource, facts: PgFacts | undefined): number {
  if (source.manifest) return source.manifest.bytes;
  const unpacked =
    source.bytes * (source.format.wrapper === "none" && source.format.payload === "plain" ? 1.5 : 6);
  return Math.max(unpacked, facts?.database?.bytes ?? 0);
}
