import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";

/**
 * A folder for temporary files that other users can pass through too. Root's own may be private (/tmp/user/0), and a
 * server that runs as another user could not enter it.
 */
export function sharedTmp(candidates: readonly string[] = [tmpdir(), "/tmp", "/var/tmp"]): string {
  return candidates.find(isOpen) ?? "/tmp";
}

function isOpen(folder: string): boolean {
  try {
    const passable = (statSync(folder).mode & 0o001) !== 0;
    return passable && (dirname(folder) === folder || isOpen(dirname(folder)));
  } catch {
    return false;
  }
}
