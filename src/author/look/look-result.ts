import type { FoundBackups } from "./backup-files.ts";
import type { ComposeFile } from "./compose-file.ts";
import type { EnvFile } from "./env-file.ts";

/** What lies in the folder of an application, read by src/cli and judged here. Holds no secret. */
export interface LookResult {
  compose: ComposeFile[];
  env: EnvFile[];
  /** Compose files that could not be read as such. */
  unread: string[];
  backups: FoundBackups[];
  /** Folders that were looked into for backups. */
  backupFolders: string[];
  /** How the application's tables are brought up to its code, by what lies there. */
  migrate: { run: string[]; because: string } | undefined;
}

export const NOTHING_FOUND: LookResult = {
  compose: [],
  env: [],
  unread: [],
  backups: [],
  backupFolders: [],
  migrate: undefined,
};
