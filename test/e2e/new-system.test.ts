import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate } from "../helpers/estate.ts";

/** As a team writes it: by hand, with the commands of its own scripts. */
const PROCEDURE = `# Team shop: recovery

RTO: 30 minutes, RPO: 24 hours.

## Database lost

Use this when the orders are gone.

> **Warning** Tell the warehouse first.

1. End what is still connected

   \`\`\`sh
   psql "$DATABASE_URL" -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop' AND pid <> pg_backend_pid()"
   \`\`\`

2. Load the newest backup

   \`\`\`sh
   gunzip -c backups/daily/shop_20260115_020000.sql.gz | psql "$DATABASE_URL"
   \`\`\`

3. Look

   \`\`\`sh
   psql "$DATABASE_URL" -c "SELECT count(*) FROM orders"
   \`\`\`

4. Write to the team what was lost.
`;

let estate: Estate;
let orders: string;

beforeAll(async () => {
  estate = await openEstate();
  orders = await estate.server.psql("shop", "SELECT count(*) FROM orders");
  await estate.write(".env", `DATABASE_URL=${estate.server.url("shop")}\n`);
  await estate.write("PROCEDURE.md", PROCEDURE);
  // Their own backup, without a manifest.
  await estate.write("backups/daily/.keep", "");
  await promisify(execFile)(
    "sh",
    ["-c", `pg_dump "$URL" | gzip > backups/daily/shop_$(date -u +%Y%m%d_%H%M%S).sql.gz`],
    { cwd: estate.folder, env: { ...estate.env, URL: estate.server.url("shop") } },
  );
});

afterAll(() => estate?.stop());

test("a team's procedure becomes a system that brings their lost table back", async () => {
  const made = await estate.lifeboat(["new", "team", "--from", "PROCEDURE.md", "--environment", "test"]);
  expect(made.code, made.stderr).toBe(0);
  const lint = await estate.lifeboat(["lint", join("runbooks", "team")]);
  expect(lint.stdout).toBe("2 files, 0 errors, 0 warnings\n");

  const drill = await estate.lifeboat(["run", "team", "database-lost", "--drill"]);
  expect(drill.code, drill.stdout + drill.stderr).toBe(0);

  await estate.server.psql("shop", "DROP TABLE orders CASCADE");
  const args = [
    "run",
    "team",
    "database-lost",
    "--live",
    "--confirm",
    "shop",
    "--done",
    "write-to-the-team-what-was-lost",
  ];
  const live = await estate.lifeboat(args);
  expect(live.code, live.stdout + live.stderr).toBe(0);
  expect(await estate.server.psql("shop", "SELECT count(*) FROM orders")).toBe(orders);
});
