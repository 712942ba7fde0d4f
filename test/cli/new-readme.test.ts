import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startLifeboat } from "../helpers/lifeboat.ts";

const README = join(import.meta.dirname, "..", "..", "README.md");

const COMPOSE = `services:
  postgres:
    image: postgres:16-alpine
    environment: { POSTGRES_USER: "\${DB_USER:-shop}", POSTGRES_PASSWORD: "\${DB_PASSWORD:-change-me}", POSTGRES_DB: shop }
    ports: ["5432:5432"]
  redis: { image: "redis:7", volumes: ["redis_data:/data"] }
  minio:
    image: minio/minio
    ports: ["9000:9000"]
    environment: [MINIO_ROOT_USER=admin, MINIO_ROOT_PASSWORD=change-me]
  web: { build: ., ports: ["8080:80"], depends_on: [postgres, redis], volumes: ["uploads:/app/uploads"] }
volumes: { redis_data: , uploads:  }
`;

test("what the README shows of lifeboat new is what it prints", async () => {
  const root = await mkdtemp(join(tmpdir(), "lifeboat-new-readme-"));
  // The folder's name is the name of the compose project.
  const folder = join(root, "app");
  try {
    await mkdir(join(folder, "backups", "daily"), { recursive: true });
    await writeFile(join(folder, "docker-compose.yml"), COMPOSE);
    await writeFile(
      join(folder, ".env"),
      "REDIS_PASSWORD=x\nS3_BUCKET=shop-files\nBACKUP_DIR=./backups\nDB_PASSWORD=x\n",
    );
    for (const day of [17, 18, 19])
      await writeFile(join(folder, "backups", "daily", `shop_202611${day}_020000.sql.gz`), "x".repeat(3000));
    await writeFile(join(folder, "backups", "redis_20261119_021500.rdb"), "x".repeat(500));
    const env = {
      HOME: folder,
      PATH: process.env["PATH"] ?? "",
      LANG: "C.UTF-8",
      LIFEBOAT_HOME: join(folder, "home"),
    };
    const ran = await startLifeboat(["new", "shop", "--yes"], { env, cwd: folder }).ended;
    expect(ran.code, ran.stderr).toBe(0);
    const readme = await readFile(README, "utf8");
    const shown = /<summary>What it prints[^\n]*\n\n```\n([\s\S]*?)```/.exec(readme)?.[1];
    expect(ran.stdout).toBe(shown);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
