import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LifeboatError } from "../../src/base/errors.ts";
import { findServerPrograms, installCommand } from "../../src/practice/server-programs.ts";
import { launch } from "../helpers/postgres.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-programs-"));
});
afterEach(() => rm(folder, { recursive: true }));

const NAMES = ["initdb", "pg_ctl", "postgres", "psql", "pg_dump", "pg_restore"];

async function program(path: string, says = ""): Promise<void> {
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`);
  await chmod(path, 0o755);
}

async function server(below: string, version: string, names = NAMES): Promise<string> {
  const bin = join(folder, below);
  await mkdir(bin, { recursive: true });
  for (const name of names) await program(join(bin, name), `postgres (PostgreSQL) ${version} (Debian)`);
  return bin;
}

const places = (): { parent: string; name: RegExp; below: string }[] => [
  { parent: join(folder, "lib"), name: /^\d+$/, below: "bin" },
];

test("an empty PATH: the server of this machine is found where packages put it", async () => {
  const found = await findServerPrograms({ launch, path: "" });
  expect(found.version).toMatch(/^\d+\.\d+/);
  expect(found.psql).toBe(join(found.bin, "psql"));
});

test("version 9 is not taken before 15 because it sorts later", async () => {
  await server("lib/9/bin", "9.6.1");
  const bin = await server("lib/15/bin", "15.18");
  const found = await findServerPrograms({ launch, path: "", places: places() });
  expect(found).toMatchObject({ bin, version: "15.18" });
});

test("a folder on PATH with clients only is passed over", async () => {
  const clients = await server("usr/bin", "17.1", ["psql", "pg_dump", "pg_restore"]);
  const bin = await server("lib/15/bin", "15.18");
  expect((await findServerPrograms({ launch, path: clients, places: places() })).bin).toBe(bin);
});

test("PATH wins, then pg_config, then the usual folders", async () => {
  await server("lib/15/bin", "15.18");
  const told = await server("elsewhere", "16.2");
  const tools = join(folder, "tools");
  await mkdir(tools);
  await program(join(tools, "pg_config"), told);
  const path = `${tools}:/usr/bin:/bin`;
  expect((await findServerPrograms({ launch, path, places: places() })).version).toBe("16.2");
  const first = await server("first", "17beta1");
  const found = await findServerPrograms({ launch, path: `${path}:${first}`, places: places() });
  expect(found.version).toBe("17beta1");
});

test("no server: exit 11 with the one command that installs it here", async () => {
  await server("lib/15/bin", "15.18", ["psql"]);
  const error: unknown = await findServerPrograms({ launch, path: folder, places: places() }).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LifeboatError)) throw error;
  expect(error.exit).toBe(11);
  expect(error.facts.next).toBe(installCommand(folder));
});

test("the package manager that exists is the one that is named", async () => {
  await program(join(folder, "apt-get"));
  expect(installCommand(folder)).toBe("sudo apt-get install -y postgresql");
});

test("a dangling link named like a program is not a program", async () => {
  const bin = await server("bin", "15.18", NAMES.slice(1));
  await symlink(join(folder, "nowhere"), join(bin, "initdb"));
  await expect(findServerPrograms({ launch, path: bin, places: [] })).rejects.toThrow("were not found");
});
