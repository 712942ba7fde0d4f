import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dataDir, MARKER, newRecord } from "../../src/practice/cluster.ts";
import { claim, type EstateRecord, readRecord } from "../../src/practice/estate-record.ts";
import { preparePractice } from "../../src/practice/estate.ts";
import { serversOf } from "../../src/practice/processes.ts";
import { removeEstate, sweep } from "../../src/practice/sweep.ts";
import { launch } from "../helpers/postgres.ts";

const path = process.env["PATH"] ?? "";
let home: string;
let lines: string[];
const children: ReturnType<typeof spawn>[] = [];
const onLine = (line: string): void => void lines.push(line);
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "lifeboat-sweep-"));
  lines = [];
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  const left = readRecord(home);
  // Whoever holds it: this home is the test's own.
  if (left !== undefined && left !== "unreadable") await removeEstate(home, left, launch, onLine);
  await rm(home, { recursive: true, force: true });
});

function known(): EstateRecord {
  const record = readRecord(home);
  if (record === undefined || record === "unreadable") throw new Error("no record");
  return record;
}

const source = (name: string): string => JSON.stringify(new URL(`../../src/${name}`, import.meta.url).href);

/** A Lifeboat in a process of its own that prepares an estate, and says each line it shows. */
function otherLifeboat(): { child: ReturnType<typeof spawn>; said: (text: string) => Promise<void> } {
  const code = `
    import { createLauncher } from ${source("hosts/launcher.ts")};
    import { preparePractice } from ${source("practice/estate.ts")};
    const launch = createLauncher({ env: { PATH: process.env.PATH }, secret: () => undefined, allow: "everything" });
    const options = { home: ${JSON.stringify(home)}, path: process.env.PATH, launch, now: () => new Date(), takeBackup: async () => {} };
    process.stdin.once("data", () => estate.keep());
    const estate = await preparePractice({ ...options, onLine: (line) => console.log(line) });
    console.log("prepared");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  let all = "";
  child.stdout.on("data", (chunk: Buffer) => (all += chunk.toString()));
  return { child, said: (text) => expect.poll(() => all, { timeout: 60_000 }).toContain(text) };
}

async function killed(child: ReturnType<typeof spawn>): Promise<void> {
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await gone;
}

async function prepare() {
  return preparePractice({ home, path, launch, onLine, now: () => new Date(), takeBackup: async () => {} });
}

test("what a killed Lifeboat left is ended, removed and named; until then it is held", async () => {
  const { child, said } = otherLifeboat();
  await said("prepared");
  const record = known();
  expect(record).toMatchObject({ lifeboatPid: child.pid, pid: expect.any(Number) });
  await expect(sweep(home, launch, onLine)).rejects.toMatchObject({
    exit: 31,
    facts: { why: expect.stringContaining(`process ${child.pid}`) },
  });
  await killed(child);
  expect(await serversOf(dataDir(record), launch)).toHaveLength(1);
  await sweep(home, launch, onLine);
  expect(lines.join()).toContain(`left by process ${child.pid}`);
  expect(await serversOf(dataDir(record), launch)).toEqual([]);
  expect(existsSync(record.folder)).toBe(false);
  expect(await readdir(join(home, "practice"))).toEqual([]);
});

test("killed in the middle of preparing: the next practice sweeps and starts", async () => {
  const { child, said } = otherLifeboat();
  await said("PostgreSQL");
  await expect.poll(() => existsSync(join(home, "practice/estate.json"))).toBe(true);
  await killed(child);
  const left = known();
  const estate = await prepare();
  expect(existsSync(left.folder)).toBe(false);
  expect(await serversOf(dataDir(left), launch)).toEqual([]);
  await estate.remove();
});

test("a kept estate outlives its Lifeboat and an ordinary sweep, and the next practice replaces it", async () => {
  const { child, said } = otherLifeboat();
  await said("prepared");
  child.stdin?.write("keep\n");
  await expect.poll(() => known().kept).toBe(true);
  await killed(child);
  const record = known();
  await sweep(home, launch, onLine);
  expect(await serversOf(dataDir(record), launch)).toHaveLength(1);
  const estate = await prepare();
  expect(existsSync(record.folder)).toBe(false);
  expect(lines.join()).toContain("that was kept");
  await estate.remove();
});

/** A record as a dead Lifeboat would have left it. */
function stale(change: Partial<EstateRecord> = {}): EstateRecord {
  const record = { ...newRecord(home, { prefix: [] }, new Date()), lifeboatStarted: "0", ...change };
  expect(claim(home, record)).toBe(true);
  return record;
}

test("a folder without the mark of the practice is left alone and named", async () => {
  const precious = join(home, "lifeboat-practice-0badcafe");
  await mkdir(precious);
  await writeFile(join(precious, "thesis.txt"), "years of work");
  stale({ folder: precious, socketDir: join(precious, "socket") });
  await sweep(home, launch, onLine);
  expect(await readFile(join(precious, "thesis.txt"), "utf8")).toBe("years of work");
  expect(lines.join("\n")).toContain(`left alone, because it carries no mark of this practice: ${precious}`);
  expect(readRecord(home)).toBeUndefined();
});

test("a folder with the mark of another practice is left alone", async () => {
  const record = stale();
  await mkdir(record.folder, { recursive: true });
  await writeFile(join(record.folder, MARKER), "ffffffff\n");
  await sweep(home, launch, onLine);
  expect(existsSync(join(record.folder, MARKER))).toBe(true);
});

test("a process id that was reused by somebody else is not ended, and does not hold the place", async () => {
  const somebody = spawn("sleep", ["60"]);
  const record = stale({ pid: somebody.pid, lifeboatPid: somebody.pid ?? 0 });
  await mkdir(dataDir(record), { recursive: true });
  await writeFile(join(record.folder, MARKER), `${record.id}\n`);
  await writeFile(join(dataDir(record), "postmaster.pid"), `${somebody.pid}\n${dataDir(record)}\n`);
  await sweep(home, launch, onLine);
  expect(existsSync(record.folder)).toBe(false);
  expect(somebody.exitCode ?? somebody.signalCode).toBe(null);
  somebody.kill();
});

test("an estate of another machine (a shared home) is never swept", async () => {
  stale({ machine: "elsewhere" });
  await expect(sweep(home, launch, onLine)).rejects.toMatchObject({ exit: 31 });
});

test("a record that cannot be read is put aside and said", async () => {
  await mkdir(join(home, "practice"));
  await writeFile(join(home, "practice/estate.json"), '{"folder": "/"}');
  await sweep(home, launch, onLine);
  expect(lines.join()).toContain("put aside as");
  expect(await readdir(join(home, "practice"))).toEqual(["estate.json.unreadable"]);
});

test("a failure while preparing leaves nothing behind and keeps its own message", async () => {
  const options = { home, path, launch, onLine, now: () => new Date() };
  let folder = "";
  const failing = preparePractice({
    ...options,
    takeBackup: async () => {
      folder = known().folder;
      throw new Error("the backup went wrong");
    },
  });
  await expect(failing).rejects.toThrow("the backup went wrong");
  expect(existsSync(folder)).toBe(false);
  expect(await readdir(join(home, "practice"))).toEqual([]);
});

test("an interrupted preparation ends with 130 and leaves nothing behind", async () => {
  const stop = new AbortController();
  const stopAt = (line: string): void => {
    if (line.startsWith("server started")) stop.abort();
  };
  const options = { home, path, launch, now: () => new Date(), takeBackup: async () => {} };
  await expect(preparePractice({ ...options, onLine: stopAt, signal: stop.signal })).rejects.toMatchObject({
    exit: 130,
  });
  expect(await readdir(join(home, "practice"))).toEqual([]);
});

test("a home too long for a socket path gets its sockets elsewhere, root a folder others may enter", () => {
  const now = new Date();
  const long = join(home, "a-very-long-name-for-a-home".repeat(4));
  const { folder, socketDir } = newRecord(long, { prefix: [] }, now);
  expect(folder.startsWith(join(long, "practice"))).toBe(true);
  expect(Buffer.byteLength(join(socketDir, ".s.PGSQL.5499.lock"))).toBeLessThan(100);
  const near = newRecord(home, { prefix: [] }, now);
  expect(near.socketDir).toBe(join(near.folder, "socket"));
  const root = newRecord(home, { prefix: ["setpriv"], owner: { uid: 1, gid: 1 } }, now);
  expect(root.folder.startsWith(home)).toBe(false);
});

test("sockets that lie elsewhere are removed too", async () => {
  const record = stale({ socketDir: join(home, "lifeboat-practice-5eaf00d5") });
  for (const folder of [record.folder, record.socketDir]) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, MARKER), `${record.id}\n`);
  }
  await sweep(home, launch, onLine);
  expect([record.folder, record.socketDir].filter((folder) => existsSync(folder))).toEqual([]);
});
