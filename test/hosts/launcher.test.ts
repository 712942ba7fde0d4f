import { readFileSync } from "node:fs";
import { env as parentEnv, execPath, kill } from "node:process";
import { afterEach, expect, test } from "vitest";
import {
  createLauncher,
  type LaunchOptions,
  type LauncherConfig,
  type LaunchResult,
} from "../../src/hosts/launcher.ts";
import type { Command } from "../../src/step/command.ts";

const CANARY = "canary-7f3a9c";
const BARE = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" };
const leftOver: number[] = [];
afterEach(() => {
  delete parentEnv["LIFEBOAT_TEST_CANARY"];
  for (const pid of leftOver.splice(0)) if (isAlive(pid)) kill(pid, "SIGKILL");
});

const command = (argv: string[], more: Partial<Command> = {}): Command => ({
  argv,
  env: {},
  secrets: {},
  ...more,
});
const sh = (script: string, more: Partial<Command> = {}): Command => command(["sh", "-c", script], more);

const secret = (key: string): string | undefined => (key === "database" ? CANARY : undefined);
const diskFull = (): never => {
  throw new Error("No space left on device");
};

function launch(what: Command, options: Partial<LaunchOptions> = {}, config: Partial<LauncherConfig> = {}) {
  const launcher = createLauncher({ env: BARE, secret, allow: "everything", graceMs: 100, ...config });
  return launcher(what, { effect: "reads", ...options });
}

/** Running, not only waiting to be reaped. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((again) => setTimeout(again, 10));
}

/** Stops the program once it has printed so many process ids; gives them. */
async function stopAfter(count: number, what: Command): Promise<{ result: LaunchResult; pids: number[] }> {
  const stop = new AbortController();
  let said = "";
  const onChunk = (chunk: Buffer): void => {
    said += chunk.toString();
    if (said.split("\n").length > count) stop.abort();
  };
  const result = await launch(what, { signal: stop.signal, onChunk });
  const pids = said.trim().split("\n").map(Number);
  leftOver.push(...pids);
  expect(pids).toHaveLength(count);
  return { result, pids };
}

test("gives exit, output and errors apart", async () => {
  const result = await launch(sh("echo out; echo err >&2; exit 3"));
  expect(result).toMatchObject({ exit: 3, signal: undefined, stdout: "out\n", stderr: "err\n", cut: false });
});

test("a program that ended by a signal has no exit code", async () => {
  expect(await launch(sh("kill -SEGV $$"))).toMatchObject({ exit: undefined, signal: "SIGSEGV" });
});

test("standard input is what was given, and nothing otherwise", async () => {
  expect((await launch(command(["cat"], { stdin: "SELECT 1;\n" }))).stdout).toBe("SELECT 1;\n");
  expect((await launch(command(["cat"]))).stdout).toBe("");
});

test("a program that does not read its input is judged by its exit, not by the broken pipe", async () => {
  const result = await launch(sh("exit 4", { stdin: "x".repeat(4_000_000) }));
  expect(result.exit).toBe(4);
});

test("arguments reach the program as they are: no shell reads them", async () => {
  const hostile = ["$(id)", "a b", "'; rm -rf /", "", "-x", "*"];
  const result = await launch(command(["printf", "<%s>", ...hostile]));
  expect(result.stdout).toBe(hostile.map((word) => `<${word}>`).join(""));
});

test("a stop ends the grandchildren too", async () => {
  const { result, pids } = await stopAfter(2, sh("sleep 1000 & echo $$; echo $!; wait"));
  await until(() => !pids.some(isAlive));
  expect(result).toMatchObject({ exit: undefined, signal: "SIGTERM" });
});

const STUBBORN = 'trap "" TERM; echo $$; while :; do sleep 0.05; done';

test("a program that ignores TERM is killed after the grace", async () => {
  const { result, pids } = await stopAfter(1, sh(STUBBORN));
  expect(result).toMatchObject({ exit: undefined, signal: "SIGKILL" });
  await until(() => !pids.some(isAlive));
});

test("a grandchild that ignores TERM does not outlive a leader that obeys it", async () => {
  const { result, pids } = await stopAfter(2, sh(`sh -c '${STUBBORN}' & echo $$; wait`));
  expect(result.signal).toBe("SIGTERM");
  await until(() => !pids.some(isAlive));
});

test("a program may end well on TERM, within the grace", async () => {
  const node = `process.once("SIGTERM", () => { console.log("tidied"); process.exit(7) }); console.log(process.pid); setInterval(() => {}, 1000)`;
  const stop = new AbortController();
  const options = { signal: stop.signal, onChunk: () => stop.abort() };
  const result = await launch(command([execPath, "-e", node]), options, { graceMs: 20_000 });
  expect(result.exit).toBe(7);
  expect(result.stdout).toMatch(/tidied/);
});

test("a daemon that left the group and holds the pipes does not hold the run", async () => {
  const { result, pids } = await stopAfter(1, sh("setsid sh -c 'echo $$; exec sleep 1000' & wait"));
  expect(pids.every(isAlive)).toBe(true);
  expect(result.signal).toBe("SIGTERM");
});

test("a stop that came before is obeyed by not starting at all", async () => {
  let started = false;
  const options = { signal: AbortSignal.abort(), onPid: () => (started = true) };
  expect(await launch(sh("echo started"), options)).toMatchObject({ exit: undefined, stdout: "" });
  expect(started).toBe(false);
});

test("a program whose output cannot be taken is ended, not left to work unwatched", async () => {
  let pid = 0;
  const onPid = (its: number): void => void (pid = its);
  const running = launch(sh("echo one; sleep 1000"), { effect: "reversible", onChunk: diskFull, onPid });
  await expect(running).rejects.toThrow("No space left");
  leftOver.push(pid);
  await until(() => !isAlive(pid));
});

test.each(["reversible", "irreversible"] as const)("a dry run refuses what is %s", async (effect) => {
  let started = false;
  const options = { effect, onPid: () => (started = true) };
  await expect(launch(sh("true"), options, { allow: "reads" })).rejects.toThrow(/dry run tried to start/);
  expect(started).toBe(false);
  expect((await launch(sh("true"), { effect: "reads" }, { allow: "reads" })).exit).toBe(0);
});

test("the operator's environment never reaches a child", async () => {
  parentEnv["LIFEBOAT_TEST_CANARY"] = CANARY;
  const { stdout } = await launch(command(["env"], { env: { PGHOST: "db1" } }));
  expect(stdout.trim().split("\n").toSorted()).toEqual(["LANG=C.UTF-8", "PATH=/usr/bin:/bin", "PGHOST=db1"]);
});

test("a secret reaches only the child that names it, and never its argv", async () => {
  const look = "env; tr '\\0' ' ' </proc/$$/cmdline";
  const named = await launch(sh(look, { secrets: { PGPASSWORD: "database" } }));
  expect(named.stdout).toContain(`PGPASSWORD=${CANARY}\n`);
  expect(named.stdout.slice(named.stdout.lastIndexOf("\n"))).not.toContain(CANARY);
  expect((await launch(sh(look))).stdout).not.toContain(CANARY);
  expect((await launch(sh(look, { secrets: { PGPASSWORD: "unknown" } }))).stdout).not.toContain("PGPASSWORD");
});

test("a program that does not exist is said to, without the secret", async () => {
  const missing = launch(command(["no-such-program", "-x"], { secrets: { PGPASSWORD: "database" } }));
  const error = await missing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ exit: 20, facts: { what: "no-such-program could not be started" } });
  expect(JSON.stringify(error)).not.toContain(CANARY);
});

test("long output is kept to its limit and said to be cut, but every byte is handed on", async () => {
  let bytes = 0;
  const onChunk = (chunk: Buffer): void => void (bytes += chunk.length);
  const result = await launch(
    sh("head -c 300000 /dev/zero; head -c 20000 /dev/zero | tr '\\0' e >&2; echo end >&2"),
    {
      keepBytes: 1000,
      onChunk,
    },
  );
  expect(bytes).toBe(320_004);
  expect([result.stdout.length, result.cut]).toEqual([1000, true]);
  expect(result.stderr.length).toBeLessThanOrEqual(16_384);
  expect(result.stderr.endsWith("eend\n")).toBe(true);
});

test("a slow consumer holds the program back instead of filling memory", async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const writer = Promise.withResolvers<number>();
  const onChunk = (): Promise<void> => gate;
  const running = launch(sh("exec head -c 50000000 /dev/zero"), { onChunk, onPid: writer.resolve });
  const proc = `/proc/${await writer.promise}`;
  // It sleeps: the pipe is full, with almost everything still unwritten.
  await until(() => / \(head\) S/.test(readFileSync(`${proc}/stat`, "utf8")));
  const io = readFileSync(`${proc}/io`, "utf8");
  expect(Number(/wchar: (\d+)/.exec(io)?.[1])).toBeLessThan(1_000_000);
  open();
  expect((await running).exit).toBe(0);
});
