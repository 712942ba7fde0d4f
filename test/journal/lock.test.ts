import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath, pid } from "node:process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processStart } from "../../src/base/processes.ts";
import { takeLock, type LockHolder } from "../../src/journal/lock.ts";

const SCRIPT = fileURLToPath(new URL("lock-holder.ts", import.meta.url));

interface Other {
  child: ChildProcessByStdio<Writable, Readable, null>;
  /** Tells it to take the lock; its answer. */
  take: () => Promise<string>;
  ended: Promise<void>;
}

let home: string;
let others: Other[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lifeboat-lock-"));
  others = [];
});
afterEach(async () => {
  for (const other of others) other.child.kill("SIGKILL");
  await Promise.all(others.map((other) => other.ended));
  rmSync(home, { recursive: true });
});

async function process(run: string): Promise<Other> {
  const child = spawn(execPath, [SCRIPT, home, run], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  const ended = new Promise<void>((done) => void child.once("close", () => done()));
  const take = (): Promise<string> => {
    child.stdin.write("take\n");
    return next();
  };
  const other = { child, take, ended };
  others.push(other);
  expect(await next()).toBe("READY");
  return other;
}

const me = (more: Partial<LockHolder> = {}): LockHolder => ({
  run: "mine",
  operator: "bob",
  machine: "jump1",
  pid,
  pidStarted: processStart(pid),
  since: "2026-11-20T11:00:00Z",
  ...more,
});
const path = (): string => join(home, "locks", "shop_database.json");
const take = (more: Partial<LockHolder> = {}): (() => void) =>
  takeLock(home, "shop/database", me(more)).release;
const held = (): string => JSON.parse(readFileSync(path(), "utf8")).run;

test("a second process is refused, and told who holds it, where and since when", async () => {
  const release = take();
  const refusal = JSON.parse(await (await process("second")).take());
  expect(refusal).toMatchObject({ exit: 31, where: "run mine" });
  expect(refusal.why).toBe(`bob on jump1, process ${pid}, since 2026-11-20T11:00:00Z`);
  release();
  expect(await (await process("third")).take()).toBe("TAKEN");
});

test("a lock is let go when its run ends, and only by its own run", async () => {
  const other = await process("second");
  await other.take();
  other.child.stdin.end();
  await other.ended;
  const late = take({ run: "gone", pid: 999_999_999 });
  const release = take();
  late();
  expect(held()).toBe("mine");
  release();
  expect(readdirSync(join(home, "locks"))).toEqual([]);
});

test("a lock of a killed process is stale and replaced", async () => {
  const other = await process("killed");
  await other.take();
  other.child.kill("SIGKILL");
  await other.ended;
  expect(held()).toBe("killed");
  take();
  expect(held()).toBe("mine");
});

test("a live process that only has the dead holder's number does not hold the lock", async () => {
  const other = await process("reused");
  await other.take();
  const lock: LockHolder = JSON.parse(readFileSync(path(), "utf8"));
  writeFileSync(path(), JSON.stringify({ ...lock, pidStarted: `${Number(lock.pidStarted) - 1}` }));
  take();
  expect(held()).toBe("mine");
});

test("a process that has ended but was never waited for holds nothing", async () => {
  const parent = spawn("sh", ["-c", "sleep 0.3 & echo $!; exec cat"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((done) => void parent.once("close", () => done()));
  const zombie = Number(
    (await createInterface({ input: parent.stdout })[Symbol.asyncIterator]().next()).value,
  );
  const stat = (): string => readFileSync(`/proc/${zombie}/stat`, "utf8");
  while (!stat().includes(") Z ")) await new Promise((again) => setTimeout(again, 5));
  const began = stat().split(") ")[1]?.split(" ")[19] ?? "";
  take({ run: "ended", pid: zombie, pidStarted: began });
  take();
  expect(held()).toBe("mine");
  parent.stdin.end();
  await ended;
});

test("a holder on another machine cannot be asked and counts as alive", () => {
  take({ machine: "jump2", pid: 999_999_999 });
  expect(() => take({ run: "second" })).toThrow(/another live run holds shop\/database/);
});

test("of many processes that find a stale lock together exactly one gets it", async () => {
  const dead = await process("dead");
  await dead.take();
  dead.child.kill("SIGKILL");
  await dead.ended;
  const all = await Promise.all(Array.from({ length: 6 }, (_, at) => process(`racer-${at}`)));
  const answers = await Promise.all(all.map((other) => other.take()));
  expect(answers.filter((answer) => answer === "TAKEN")).toHaveLength(1);
  expect(answers.filter((answer) => answer.includes('"exit":31'))).toHaveLength(5);
  expect(readdirSync(join(home, "locks"))).toEqual(["shop_database.json"]);
});

test("a lock that cannot be read is nobody's to remove but the operator's", () => {
  mkdirSync(join(home, "locks"));
  writeFileSync(path(), "");
  expect(() => take()).toThrow(/does not say who holds it/);
  expect(readFileSync(path(), "utf8")).toBe("");
});

test("a guard left by a process killed while it replaced a stale lock stops nobody", () => {
  take({ pid: 999_999_999 });
  writeFileSync(`${path()}.stale`, readFileSync(path()));
  take({ run: "second" });
  expect(held()).toBe("second");
});
