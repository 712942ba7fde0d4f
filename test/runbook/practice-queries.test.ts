import { expect, test } from "vitest";
import { openShop, trade } from "../../src/practice/shop.ts";
import { loadRunbook, loadSystem } from "../../src/runbook/load.ts";
import { launch, startPostgres } from "../helpers/postgres.ts";

const DAY = 24 * 3_600_000;

test("the practice runbook names tables and asks questions that a whole shop answers well", async () => {
  const server = await startPostgres();
  try {
    const shop = { psql: server.programs.psql, socketDir: server.socketDir, port: server.port };
    const [from, to] = [new Date(Date.now() - 2 * DAY), new Date()];
    await openShop(launch, shop, from);
    await trade(launch, shop, { orders: 20, from, to });
    const folder = `${import.meta.dirname}/../../runbooks/practice`;
    const system = await loadSystem(folder, { PRACTICE_URL: server.url("shop"), PRACTICE_BACKUPS: "/b" });
    expect(system.connections.get("database")).toMatchObject({
      server: server.socketDir,
      port: String(server.port),
      user: "postgres",
      database: "shop",
    });
    const { steps } = (await loadRunbook(system, "database-lost")).runbook;
    const restore = steps.find((step) => step.kind === "restore");
    expect(restore?.tables).toHaveLength(6);
    expect(restore?.queries).toHaveLength(3);
    for (const table of restore?.tables ?? [])
      expect(Number(await server.psql("shop", `SELECT count(*) FROM ${table}`))).toBeGreaterThan(0);
    for (const { title, sql } of restore?.queries ?? [])
      expect([title, await server.psql("shop", sql)]).toEqual([title, "0"]);
  } finally {
    await server.stop();
  }
});
