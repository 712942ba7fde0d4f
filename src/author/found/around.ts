import type { Value } from "../draft.ts";
import type { EnvFile } from "../look/env-file.ts";

export type Fields = Record<string, Value>;

export interface Around {
  system: string;
  env: readonly EnvFile[];
  /** Whether its programs run where its server is (a compose host and the like): then the server is at localhost. */
  isThere: boolean;
  /** The name of the compose project, for volumes. */
  project: string | undefined;
}

export const UNSURE = "nothing was found that says so";
