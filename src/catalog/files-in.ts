import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * Paths of all files below a folder, with / between, sorted by their bytes; links to files count as files, links to
 * folders are not followed: they may lead back.
 */
export async function filesIn(folder: string): Promise<string[]> {
  const names = await below(folder, "");
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

async function below(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<string[]> => {
      const name = `${prefix}${entry.name}`;
      if (entry.isDirectory()) return below(folder, `${name}/`);
      if (entry.isFile()) return [name];
      return entry.isSymbolicLink() && (await leadsToFile(join(folder, name))) ? [name] : [];
    }),
  );
  return found.flat();
}

async function leadsToFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => true,
  );
}
