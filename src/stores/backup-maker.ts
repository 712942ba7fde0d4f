import type { ManifestParts } from "../checks/manifest.ts";
import type { Command } from "../step/command.ts";
import type { StoreInput } from "./store-kind.ts";

export interface BackupRequest {
  /** What is to be written, a file or a folder; it gets its final name when it is whole and was read back. */
  path: string;
  /** One of the maker's formats. */
  format: string;
  /** Processes that may be used at once. */
  jobs: number;
  /** Part of completion tokens, so that no data can hold one by chance. */
  nonce: string;
}

/** What the making of a backup gave, for its manifest. */
export interface BackupEvidence {
  /** What each of `commands`, then each of `readBack`, printed on stdout. */
  printed: readonly string[];
  readBack: readonly string[];
  /** What reading the artifact in full has shown (`ContentReader.end().facts`). */
  facts: unknown;
}

/** How one backup is taken. */
export interface BackupRecipe {
  /** Run in order; a command with a token must print it. They change nothing in the store. */
  commands: Command[];
  /** Read-only commands on the artifact that must end with 0, so that a restore may rely on its digest. */
  readBack: Command[];
  /** Endings of files that the commands write beside `path` and that get the artifact's name with it, e.g. ".keys.gz". */
  beside?: readonly string[];
  /** Run at the end whatever happened, e.g. to remove what the commands needed besides. */
  cleanUp?: Command[];
  /** The kind's own part of the manifest. Throws when something is missing. */
  manifest(evidence: BackupEvidence): ManifestParts;
}

/** Takes backups of one kind of store. */
export interface BackupMaker {
  formats: readonly string[];
  /** The format a name promises; only a default, since what reads backups goes by their bytes. */
  formatByName(path: string): string;
  make(input: StoreInput, request: BackupRequest): BackupRecipe;
  /** What a manifest says is inside, e.g. "4 tables, 600,000 rows". */
  words(manifest: ManifestParts): string;
}
