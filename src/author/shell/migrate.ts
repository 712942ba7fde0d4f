import type { Action } from "./action.ts";
import type { Unwrapped } from "./unwrap.ts";

const RUNNERS =
  /^(?:npm|pnpm|yarn|bun|npx|bunx|make|php|python3?|rails|rake|bundle|knex|sequelize|typeorm|dotnet|mix|go|node|\.\/manage\.py|manage\.py)$/;
const TOOLS = /^(?:alembic|flyway|liquibase|goose|dbmate|migrate|prisma|drizzle-kit|atlas|sqlx|diesel)$/;

/** A migration tool, or a script of the application with "migrate" in its name. */
export function migrateAction(program: Unwrapped): Action | undefined {
  const { program: name, words } = program;
  const line = words.join(" ");
  const isTool = TOOLS.test(name) && /\b(?:migrate|up|upgrade|update|deploy|run)\b/.test(line);
  const isScript = RUNNERS.test(name) && /migrat(?!ion:(?:generate|create|revert))/i.test(line);
  if (!isTool && !isScript) return undefined;
  return /\b(?:status|down|rollback|revert|reset|dev|create|generate)\b/.test(line)
    ? undefined
    : { kind: "migrate", run: words };
}
