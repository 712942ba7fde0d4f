import type { LookResult } from "./look-result.ts";

/** Names of the files in an application's folder, each with a way to read it. */
export type LookFiles = Map<string, () => Promise<string>>;

const TOOLS: readonly { file: string; run: string[] }[] = [
  { file: "alembic.ini", run: ["alembic", "upgrade", "head"] },
  { file: "manage.py", run: ["python3", "manage.py", "migrate", "--noinput"] },
  { file: "artisan", run: ["php", "artisan", "migrate", "--force"] },
];

/** How an application brings its tables up to its code, by the files that lie in its folder. */
export async function migrateFrom(
  files: LookFiles,
  folder: string,
  names: (path: string) => Promise<string[]>,
): Promise<LookResult["migrate"]> {
  if ((await names(`${folder}/prisma`)).includes("schema.prisma"))
    return { run: ["npx", "prisma", "migrate", "deploy"], because: "prisma/schema.prisma" };
  const script = await packageScript(files);
  if (script !== undefined) return script;
  const tool = TOOLS.find(({ file }) => files.has(file));
  return tool === undefined ? undefined : { run: tool.run, because: tool.file };
}

async function packageScript(files: LookFiles): Promise<LookResult["migrate"]> {
  const text = await files.get("package.json")?.();
  if (text === undefined) return undefined;
  const names = [
    ...text.matchAll(/"((?:db:)?migrat(?:e|ions?)(?:[:-](?:deploy|prod|production|up|latest|run))?)"\s*:/g),
  ].map((match) => match[1] ?? "");
  // The shortest name that speaks of deploying, else the shortest.
  const name = names.toSorted(
    (a, b) => Number(/deploy|prod/.test(b)) - Number(/deploy|prod/.test(a)) || a.length - b.length,
  )[0];
  if (name === undefined) return undefined;
  const manager = files.has("pnpm-lock.yaml") ? "pnpm" : files.has("yarn.lock") ? "yarn" : "npm";
  return { run: [manager, "run", name], because: `the script "${name}" of package.json` };
}
