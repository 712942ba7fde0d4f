import { basename, resolve } from "node:path";
import type { ArtifactFormat, Backup } from "../catalog/backup.ts";
import type { Store } from "../runbook/store-kinds/registry.ts";
import { storeKind } from "../stores/registry.ts";
import type { BackupInput } from "../stores/store-kind.ts";

/** What a name's ending usually means. What a file really is only its bytes tell, and here there is none. */
const PAYLOADS: readonly [RegExp, ArtifactFormat["payload"]][] = [
  [/\.sql$/, "plain"],
  [/\.dump$/, "custom"],
  [/\.rdb$/, "rdb"],
  [/\.native$/, "native"],
];
const WRAPPERS: readonly [RegExp, ArtifactFormat["wrapper"]][] = [
  [/\.t?gz$/, "gzip"],
  [/\.zst$/, "zstd"],
];

/** What a folder is where a file would be the other. */
const FOLDERS: Partial<Record<ArtifactFormat["payload"], ArtifactFormat["payload"]>> = {
  custom: "directory",
  tar: "tree",
  "mongo-archive": "mongo-directory",
  native: "native-directory",
};

/** A pattern without an ending names folders. */
const isFolder = (path: string): boolean => !/\.\w+$/.test(path.replaceAll(/\{\w+\}/g, ""));

function formatOf(path: string, usual: ArtifactFormat): ArtifactFormat {
  if (isFolder(path)) return { wrapper: "none", payload: FOLDERS[usual.payload] ?? usual.payload };
  const wrapper = WRAPPERS.find(([ending]) => ending.test(path))?.[1] ?? "none";
  const bare = path.replace(/\.(?:gz|zst)$/, "");
  const payload = PAYLOADS.find(([ending]) => ending.test(bare))?.[1];
  return payload === undefined ? { ...usual, wrapper } : { wrapper, payload };
}

/**
 * A backup as the store's first pattern would name it, for a plan that is only to be read: a procedure is printed and learnt
 * on machines where no backup lies. undefined for a store that says nothing about its backups.
 */
export function imaginedBackup(id: string, store: Store, cwd: string, now: Date): BackupInput | undefined {
  const pattern = store.backups[0]?.path;
  if (pattern === undefined) return undefined;
  const backup: Backup = {
    id: basename(pattern),
    store: id,
    path: resolve(cwd, pattern),
    tier: undefined,
    time: now,
    bytes: 0,
    modifiedMs: 0,
    kind: isFolder(pattern) ? "directory" : "file",
    manifest: undefined,
    remarks: [],
    imagined: true,
  };
  return {
    backup,
    format: formatOf(pattern, storeKind(store.kind).simulatedFormat),
    head: Buffer.alloc(0),
    manifest: undefined,
  };
}
