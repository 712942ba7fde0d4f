import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ran, startLifeboat } from "../helpers/lifeboat.ts";
import { RealTerminal } from "../tui/terminal.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const PROCEDURE = join(import.meta.dirname, "..", "author", "procedures", "vending.md");
const COMPOSE = `services:
  db: { image: postgres:16, environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: c4nary, POSTGRES_DB: shop }, ports: ["5432:5432"] }
  web: { build: ., depends_on: [db], ports: ["8080:80"] }
`;

let folder: string;
let env: Record<string, string>;
let terminal: RealTerminal | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-new-test-"));
  env = {
    HOME: folder,
    PATH: process.env["PATH"] ?? "",
    LANG: "C.UTF-8",
    LIFEBOAT_HOME: join(folder, "home"),
  };
});
afterEach(async () => {
  terminal?.end();
  terminal = undefined;
  await rm(folder, { recursive: true, force: true });
});

const make = (...args: string[]): Promise<Ran> => startLifeboat(["new", ...args], { env, cwd: folder }).ended;

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const written = (path: string): Promise<string> => readFile(join(folder, "runbooks", path), "utf8");
const isThere = (path: string): Promise<boolean> =>
  stat(join(folder, path)).then(
    () => true,
    () => false,
  );

describe("without a terminal", () => {
  test("a compose file whose YAML is broken is named, and not passed over in silence", async () => {
    await write("docker-compose.yml", "services:\n  db: [unclosed\n");
    const ran = await make("shop");
    expect(ran.stdout).toContain("Not read: docker-compose.yml is no compose file, or its YAML is broken");
    expect(ran.code).toBe(0);
  });

  test("it asks nothing, says what it took and which flag changes it, and what it wrote passes lint", async () => {
    await write("docker-compose.yml", COMPOSE);
    await write("backups/daily/shop_20260115_030000.sql.gz", "x");
    const ran = await make("shop", "--rto", "30m");
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toBe(
      'Nobody was asked; taken: title "Shop" (--title), environment "production" (--environment), rpo "24h" (--rpo).\n',
    );
    expect(await readdir(join(folder, "runbooks"))).toEqual(["shop"]);
    const lint = await startLifeboat(["lint", "runbooks/shop"], {
      env: { ...env, POSTGRES_PASSWORD: "x" },
      cwd: folder,
    }).ended;
    expect(lint.stdout).toBe("3 files, 0 errors, 0 warnings\n");
    expect(await written("shop/system.yaml")).toContain("path: backups/{tier}/shop_{timestamp}.sql.gz");
    expect(await written("shop/system.yaml")).toContain("rto: 30m\n");
  });

  test("every mark in the files is told with its file and line", async () => {
    await write("docker-compose.yml", COMPOSE);
    const ran = await make("shop");
    const told = [...ran.stdout.matchAll(/runbooks\/shop\/([\w-]+\.yaml):(\d+)/g)];
    expect(told.length).toBeGreaterThan(3);
    for (const [, file = "", line] of told) {
      const text = (await written(`shop/${file}`)).split("\n")[Number(line) - 1];
      expect(text).toContain("# check: ");
    }
  });

  test("the secret in a compose file is in none of the files and not on the screen", async () => {
    await write("docker-compose.yml", COMPOSE);
    const ran = await make("shop");
    const texts = await Promise.all(
      (await readdir(join(folder, "runbooks/shop"))).map((name) => written(`shop/${name}`)),
    );
    expect([ran.stdout, ran.stderr, ...texts].join("\n")).not.toContain("c4nary");
  });

  test("variables of the env file that lies there are found by lint, wherever the system lies", async () => {
    await write("app/.env", "DATABASE_URL=postgresql://shop:pw@localhost:5432/shop\n");
    expect((await make("shop", "--in", "app")).code).toBe(0);
    expect(await written("shop/system.yaml")).toContain("  - ../../app/.env\n");
    const lint = await startLifeboat(["lint", "runbooks/shop"], { env, cwd: folder }).ended;
    expect(lint.stdout).toContain("0 errors, 0 warnings");
  });

  test("a folder that is there is never overwritten", async () => {
    await write("runbooks/shop/mine.yaml", "mine");
    const ran = await make("shop");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("runbooks/shop is there already: mine.yaml");
    expect(await written("shop/mine.yaml")).toBe("mine");
    expect(await readdir(join(folder, "runbooks"))).toEqual(["shop"]);
  });

  test("a dry run shows every file and leaves nothing behind", async () => {
    await write("docker-compose.yml", COMPOSE);
    const ran = await make("shop", "--dry-run");
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("──── shop/system.yaml");
    expect(ran.stdout).toContain("──── shop/full-restore.yaml");
    expect(ran.stdout).toContain("Nothing was written.");
    expect(await isThere("runbooks")).toBe(false);
  });

  test("a file's name cannot move the cursor", async () => {
    await write("backups/x\u001b[2J_20260115.sql.gz", "x");
    const ran = await make("shop", "--dry-run");
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).not.toContain("\u001b");
  });

  test("in an empty folder it says that it guesses", async () => {
    const ran = await make("shop");
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("No store was found here");
    expect(await written("shop/system.yaml")).toContain("# check: nothing was found");
  });

  test.each([
    [["Shop"], "small letters"],
    [["../shop"], "small letters"],
    [["shop", "--rto", "soon"], 'a duration such as "30m"'],
    [["shop", "--in", "nowhere"], "--in nowhere is no folder"],
    [["shop", "--from", "nothing.md"], "nothing.md cannot be read"],
    [["shop", "--leave-out", "cache"], "there is no such store"],
  ])("wrong usage is told and nothing is written: %j", async (args, says) => {
    const ran = await make(...args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(says);
    expect(await isThere("runbooks")).toBe(false);
  });

  test.each([
    ["text without steps", "Just some words.\n", "holds no steps"],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x00, 0x41]), "is not UTF-8 text"],
    ["nothing", "", "holds no steps"],
  ])("a procedure of %s is refused", async (_name, content, says) => {
    await writeFile(join(folder, "p.md"), content);
    const ran = await make("shop", "--from", "p.md");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(says);
    expect(await isThere("runbooks")).toBe(false);
  });
});

describe("from a procedure", () => {
  test("its scenarios become runbooks that can be listed and linted", async () => {
    const ran = await make("vending", "--from", PROCEDURE);
    expect(ran.code, ran.stderr).toBe(0);
    expect(await readdir(join(folder, "runbooks/vending"))).toEqual([
      "complete-recovery.yaml",
      "database-restore.yaml",
      "files-restore.yaml",
      "full-restore.yaml",
      "queue-restore.yaml",
      "system.yaml",
    ]);
    const lint = await startLifeboat(["lint", "runbooks/vending"], { env, cwd: folder }).ended;
    expect(lint.code, lint.stdout).toBe(0);
  });

  test("what lies in the folder and what the procedure says are put together", async () => {
    await write(
      "docker-compose.prod.yml",
      "services:\n  postgres: { image: 'postgres:16', ports: ['5433:5432'], environment: { POSTGRES_USER: vending, POSTGRES_DB: vending, POSTGRES_PASSWORD: '${DATABASE_PASSWORD}' } }\n",
    );
    expect((await make("vending", "--from", PROCEDURE)).code).toBe(0);
    const system = await written("vending/system.yaml");
    expect(system).toContain("found in docker-compose.prod.yml: postgres");
    expect(system).toContain("port: 5433");
    expect(system).toContain("path: /var/backups/vending/vending_db_{timestamp}.sql");
  });
});

describe.each([
  [80, 24],
  [60, 16],
])("at a terminal of %i×%i", (columns, rows) => {
  async function begin(...args: string[]): Promise<RealTerminal> {
    await write("docker-compose.yml", COMPOSE);
    await write("backups/shop_20260115_030000.sql.gz", "x");
    terminal = new RealTerminal(PROGRAM, ["new", "shop", "--in", folder, ...args], columns, rows, {
      ...env,
      LIFEBOAT_RUNBOOKS: join(folder, "runbooks"),
    });
    return terminal;
  }

  test("it asks what no file tells, Enter takes what is shown, a wrong answer is asked again", async () => {
    const screen = await begin();
    await screen.until("Leave any of them out?");
    await screen.press("enter");
    await screen.until("in a few words");
    await screen.press(..."The shop", "enter");
    await screen.until("Which environment");
    await screen.press("enter");
    await screen.until("How long may recovery take");
    await screen.press(..."soon", "enter");
    await screen.until("that is not a duration");
    await screen.press(..."45m", "enter");
    await screen.until("may be lost");
    await screen.press("enter");
    expect(await screen.exited).toBe(0);
    const system = await written("shop/system.yaml");
    expect(system).toContain("title: The shop\n");
    expect(system).toContain("environment: production\n");
    expect(system).toContain("rto: 45m\n");
  });

  test("ctrl-c at a question leaves nothing behind", async () => {
    const screen = await begin();
    await screen.until("Leave any of them out?");
    await screen.press("ctrl-c");
    await screen.until("Nothing was written.");
    expect(await screen.exited).toBe(30);
    expect(await isThere("runbooks")).toBe(false);
  });

  test("with --yes nothing is asked", async () => {
    const screen = await begin("--yes");
    expect(await screen.exited).toBe(0);
    expect(await isThere("runbooks/shop/system.yaml")).toBe(true);
  });
});
