import { expect, test } from "vitest";
import { fromMarkdown, kinds, names, read } from "./make.ts";

const sh = (line: string): string => `\`\`\`sh\n${line}\n\`\`\`\n`;
const CHAPTERS = `# Shop disaster recovery runbook

> [!CAUTION]
> Never run this against staging.

# 1) Postgres is gone

#### 1.1 Stop writers

${sh("docker compose stop api")}
#### 1.2 Pick the backup

- [ ] It is from last night

#### 1.3 Restore

${sh("pg_restore -d shop /b/shop_20261119.dump")}
#### 1.4 After

${sh("docker compose start api")}
# 2) Redis is gone

${sh("docker cp /b/redis_20261119.rdb cache:/data/dump.rdb")}
# Contacts

Mia
`;

test("chapters of the highest level are runbooks, what stands below them phases, at whatever level", () => {
  const made = fromMarkdown(CHAPTERS);
  expect(names(made)).toEqual(["system", "postgres-is-gone", "redis-is-gone", "full-restore"]);
  expect(kinds(made, "postgres-is-gone")).toEqual(["services", "manual", "restore", "services"]);
});

test("a warning on the title page is told before each recovery", () => {
  const made = fromMarkdown(CHAPTERS);
  for (const name of ["postgres-is-gone", "redis-is-gone"])
    expect(read(made, name)["before-you-start"]).toContain("Never run this against staging.");
});

test("one title above all with an appendix behind it still gathers runbooks", () => {
  const made = fromMarkdown(
    `# Shop\n\n## Database restore\n\n${sh("pg_restore -d shop /b/shop_20261119.dump")}\n## Cache\n\n${sh("docker cp /b/r_20261119.rdb cache:/data/dump.rdb")}\n# Appendix\n\n${sh("df -h")}`,
  );
  expect(names(made)).toEqual(expect.arrayContaining(["database-restore", "cache"]));
});
