import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLifeboat } from "../helpers/lifeboat.ts";
import { CACHE_RESTART, QUEUE_LOST, QUEUE_SYSTEM } from "../helpers/redis-estate.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp("/tmp/lifeboat-certify-redis-");
  const system = join(folder, "runbooks", "shop");
  await mkdir(system, { recursive: true });
  await writeFile(join(system, "system.yaml"), QUEUE_SYSTEM);
  await writeFile(join(system, "lost.yaml"), QUEUE_LOST);
  await writeFile(join(system, "cache-lost.yaml"), CACHE_RESTART);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a runbook that restores a Redis server is right at every boundary, without any server or variable", async () => {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LIFEBOAT_HOME: join(folder, "home"),
    LIFEBOAT_RUNBOOKS: join(folder, "runbooks"),
  };
  const ran = await startLifeboat(["certify", "shop", "lost"], { env, cwd: folder }).ended;
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  const lint = await startLifeboat(["lint"], { env, cwd: folder }).ended;
  expect(lint.code, lint.stdout + lint.stderr).toBe(0);
});
