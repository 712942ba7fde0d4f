import { execFile } from "node:child_process";
import { appendFile, chown } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate } from "../../helpers/estate.ts";
import { supervisePostgres } from "../../helpers/postgres-supervisor.ts";
import type { Supervisor } from "../../helpers/supervisor.ts";
import { expectOutcome } from "../outcome.ts";

const run = promisify(execFile);
let estate: Estate;
let backup: string;
let standby: Supervisor;
let url: string;
beforeAll(async () => {
  estate = await openEstate();
  backup = await estate.backup();
  const { server } = estate;
  const folder = await server.folderForServer("standby");
  const data = join(folder, "data");
  const [program = "", ...rest] = [...server.user.prefix, join(server.programs.bin, "pg_basebackup")];
  await run(program, [...rest, "-D", data, "-R", "-c", "fast", "-X", "stream"], {
    env: server.env,
    cwd: "/",
  });
  await appendFile(join(data, "postgresql.auto.conf"), `unix_socket_directories = '${folder}'\n`);
  if (server.user.owner)
    await chown(join(data, "postgresql.auto.conf"), server.user.owner.uid, server.user.owner.gid);
  standby = supervisePostgres(folder, [...server.user.prefix, server.programs.postgres, "-D", data]);
  await standby.start();
  url = server.url("shop").replace(encodeURIComponent(server.socketDir), encodeURIComponent(folder));
});
afterAll(() => standby?.stop());
afterAll(() => estate?.stop());

test("a standby is refused in every mode: it cannot be written to", async () => {
  const before = await estate.snapshot();
  for (const mode of [["--dry-run"], ["--drill"], ["--live", "--confirm", "shop"]]) {
    const ran = await estate.lifeboat(["run", "shop", "lost", "--backup", backup, ...mode], {
      SHOP_URL: url,
    });
    expectOutcome(
      ran,
      11,
      "server is a primary",
      "it is a standby: it cannot be written to",
      /promote this one first/,
    );
  }
  expect(await estate.snapshot()).toEqual(before);
});

test("a primary with a standby warns of the lag, and the restore goes through on both", async () => {
  await expect
    .poll(() => estate.server.psql("postgres", "SELECT count(*) FROM pg_stat_replication"), {
      timeout: 20_000,
    })
    .toBe("1");
  await estate.clone("mirrored");
  await estate.server.psql("mirrored", "DELETE FROM items");
  const ran = await estate.restore("mirrored", ["--backup", backup]);
  expectOutcome(ran, 0, "warning: standbys", "1 standby will replay all of this");
  const there = url.replace("/shop?", "/mirrored?");
  const ask = async (): Promise<string> =>
    (
      await run(estate.server.programs.psql, ["-XAtqc", "SELECT count(*) FROM items", there]).catch(() => ({
        stdout: "",
      }))
    ).stdout.trim();
  await expect.poll(ask, { timeout: 20_000 }).toBe("3600");
});
