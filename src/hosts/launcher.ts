import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { shellLine } from "../base/quote.ts";
import type { Command } from "../step/command.ts";
import type { Effect } from "../step/step.ts";
import { drain } from "./drain.ts";
import { endGroup } from "./end-group.ts";

export interface LaunchOptions {
  effect: Effect;
  /** Ends the whole process group when it aborts: TERM, after the grace KILL. */
  signal?: AbortSignal | undefined;
  /** Every chunk as it comes. A promise holds the program back, so a slow consumer never fills memory. */
  onChunk?: ((chunk: Buffer, stream: "stdout" | "stderr") => void | Promise<void>) | undefined;
  /** Keeps at most this many bytes of stdout for the result; default 32 MiB. */
  keepBytes?: number | undefined;
  onPid?: ((pid: number) => void) | undefined;
}

export interface LaunchResult {
  /** undefined when a signal ended it, or it was stopped before it began. */
  exit: number | undefined;
  signal: string | undefined;
  stdout: string;
  /** Its last 16 kB. */
  stderr: string;
  /** stdout was longer than what was kept. */
  cut: boolean;
  ms: number;
}

export type Launch = (command: Command, options: LaunchOptions) => Promise<LaunchResult>;

export interface LauncherConfig {
  /** The environment every child gets: PATH, HOME, LANG and the like; never the operator's whole environment. */
  env: Record<string, string>;
  /** Looks a secret up by its vault key. */
  secret: (key: string) => string | undefined;
  /** `reads` refuses to start anything that could change something: this is what keeps a dry run honest. */
  allow: "reads" | "everything";
  graceMs?: number;
}

const KEEP = 32 * 1024 * 1024;
const KEEP_STDERR = 16 * 1024;
/** What a program wrote before it was ended is still read for this long. */
const LAST_OUTPUT_MS = 250;
const NOT_BEGUN: LaunchResult = {
  exit: undefined,
  signal: undefined,
  stdout: "",
  stderr: "",
  cut: false,
  ms: 0,
};

/** The one place where programs are started. */
export function createLauncher(config: LauncherConfig): Launch {
  return async (command, options) => {
    refuseIfDry(config, command, options.effect);
    if ((command.on ?? []).length > 0)
      throw new LifeboatError(EXIT.bug, { what: "commands cannot be carried to other hosts yet" });
    const started = performance.now();
    // Stopped in the moment before: not even begun is better than ended at once.
    if (options.signal?.aborted) return NOT_BEGUN;
    const child = start(config, command);
    if (child.pid !== undefined) options.onPid?.(child.pid);
    const stop = (): void => void (child.pid !== undefined && stopChild(child, child.pid, config));
    options.signal?.addEventListener("abort", stop, { once: true });
    try {
      const [out, err] = await Promise.all([
        drain(child.stdout, options.keepBytes ?? KEEP, "head", (c) => options.onChunk?.(c, "stdout")),
        drain(child.stderr, KEEP_STDERR, "tail", (c) => options.onChunk?.(c, "stderr")),
      ]);
      const result = await child;
      if (result.exitCode === undefined && result.signal === undefined) throw notStarted(command, result);
      return {
        exit: result.exitCode,
        signal: result.signal,
        stdout: out.kept.toString("utf8"),
        stderr: err.kept.toString("utf8"),
        cut: out.cut,
        ms: performance.now() - started,
      };
    } catch (error) {
      // Its output could not be taken (a full disk): nothing may go on working that nobody watches.
      stop();
      await child;
      throw error;
    } finally {
      options.signal?.removeEventListener("abort", stop);
    }
  };
}

function start(config: LauncherConfig, command: Command) {
  return execa(command.argv[0] ?? "", command.argv.slice(1), {
    env: childEnv(config, command),
    extendEnv: false,
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    // A group of its own: a shell's grandchildren hold the pipes for as long as they live.
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdin: command.stdin === undefined ? "ignore" : "pipe",
    ...(command.stdin === undefined ? {} : { input: command.stdin }),
    encoding: "buffer",
  });
}

/** A daemon that left the group still holds the pipes: they are let go, or the run would wait for it for ever. */
async function stopChild(
  child: ReturnType<typeof start>,
  pid: number,
  config: LauncherConfig,
): Promise<void> {
  await endGroup(pid, config.graceMs ?? 5_000);
  await setTimeout(LAST_OUTPUT_MS, undefined, { ref: false });
  child.stdout.destroy();
  child.stderr.destroy();
}

function refuseIfDry(config: LauncherConfig, command: Command, effect: Effect): void {
  if (config.allow === "everything" || effect === "reads") return;
  throw new LifeboatError(EXIT.bug, {
    what: "a dry run tried to start a command that changes something",
    where: shellLine(command.argv),
    next: "report this: the plan marks the step wrongly",
  });
}

export function childEnv(config: LauncherConfig, command: Command): Record<string, string> {
  const env = { ...config.env, ...command.env };
  // The marks by which leftovers of a run are found: a service that is to stay does not bear them.
  if (command.stays === true)
    for (const name of Object.keys(env)) if (name.startsWith("LIFEBOAT_")) delete env[name];
  for (const [name, key] of Object.entries(command.secrets)) {
    const value = config.secret(key);
    if (value !== undefined) env[name] = value;
  }
  return env;
}

function notStarted(command: Command, result: { originalMessage?: string | undefined }): LifeboatError {
  const why = result.originalMessage ?? "unknown reason";
  return new LifeboatError(EXIT.failed, {
    what: `${command.argv[0]} could not be started`,
    where: shellLine(command.argv),
    why: why.includes("ENOENT") ? "the program (or its working folder) does not exist" : why,
    next: "install it or correct the PATH, then run again",
  });
}
