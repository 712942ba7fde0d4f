import { dirname, join } from "node:path";
import { provisionedPath } from "../provision/programs.ts";

/** Where the migration tool lies that npm has installed. */
const BIN = join(dirname(dirname(import.meta.dirname)), "node_modules", ".bin");

/** PATH on which a project's npm scripts find it. */
export const migratingPath = (): string => `${BIN}:${provisionedPath()}`;

/** What a project that migrates with dbmate has; texts by path, the folder without a slash at its end. */
export function migrationTexts(
  folder: string,
  scripts: Record<string, string>,
  migrations: Record<string, string>,
): Record<string, string> {
  const files = Object.entries(migrations).map(([name, sql]) => [
    `${folder}/db/migrations/${name}.sql`,
    `-- migrate:up\n${sql}\n-- migrate:down\n`,
  ]);
  const project = JSON.stringify({ name: "app", private: true, scripts });
  return { [`${folder}/package.json`]: `${project}\n`, ...Object.fromEntries(files) };
}

/** The script: every migration that the database does not have yet. */
export const MIGRATE = "dbmate --no-dump-schema up";
