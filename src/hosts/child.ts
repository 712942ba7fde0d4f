import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { chunks, drain } from "./drain.ts";
import { endGroup } from "./end-group.ts";

/** One process of this machine. */
export interface ChildSpec {
  argv: readonly string[];
  env: Record<string, string>;
  cwd?: string | undefined;
  /** What its standard input gets; undefined: nothing, at once at its end. */
  input?: string | Readable | undefined;
  graceMs: number;
}

export interface ChildOptions {
  signal?: AbortSignal | undefined;
  onChunk?: ((chunk: Buffer, stream: "stdout" | "stderr") => void | Promise<void>) | undefined;
  keepBytes?: number | undefined;
  onPid?: ((pid: number) => void) | undefined;
  /** What is done first when it is stopped: something it leads to has to be ended before it. */
  beforeStop?: (() => Promise<void>) | undefined;
  /**
   * What of its standard output counts. Once `over` was called, or the process is gone, nothing more is expected: soon
   * after it is ended and its pipes are let go.
   */
  through?: ((pieces: AsyncIterable<Buffer>, over: () => void) => AsyncIterable<Buffer>) | undefined;
}

export interface ChildResult {
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

/** Of what was stopped before it began. */
export const NOT_BEGUN: ChildResult = {
  exit: undefined,
  signal: undefined,
  stdout: "",
  stderr: "",
  cut: false,
  ms: 0,
};

/** A program that could not be started at all. */
export class NotStarted extends Error {
  readonly program: string;

  constructor(program: string, why: string) {
    super(why);
    this.program = program;
  }
}

const KEEP = 32 * 1024 * 1024;
const KEEP_STDERR = 16 * 1024;
/** What a program wrote before it was ended is still read for this long. */
const LAST_OUTPUT_MS = 250;
/** A process that has nothing more to say may go by itself for this long. */
const LINGER_MS = 1_000;

/** Runs a process in a group of its own and takes its output. Rejects with NotStarted when there is no such program. */
export async function runChild(spec: ChildSpec, options: ChildOptions): Promise<ChildResult> {
  const started = performance.now();
  const child = start(spec);
  const { pid } = child;
  if (pid !== undefined) options.onPid?.(pid);
  const end = async (): Promise<void> => {
    if (pid !== undefined) await endChild(child, pid, spec.graceMs);
  };
  const stop = async (): Promise<void> => {
    await options.beforeStop?.();
    await end();
  };
  const onAbort = (): void => void stop();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  if (options.signal?.aborted === true) onAbort();
  let linger: NodeJS.Timeout | undefined;
  const over = (): void => {
    linger ??= setTimeout(() => void end(), LINGER_MS);
  };
  // ssh hands its pipes to the process that keeps the connection: they stay open although it is gone.
  if (options.through) child.nodeChildProcess.once("exit", over);
  try {
    const through = options.through ?? ((pieces: AsyncIterable<Buffer>) => pieces);
    const [out, err] = await Promise.all([
      drain(through(chunks(child.stdout), over), options.keepBytes ?? KEEP, "head", (c) =>
        options.onChunk?.(c, "stdout"),
      ),
      drain(chunks(child.stderr), KEEP_STDERR, "tail", (c) => options.onChunk?.(c, "stderr")),
    ]);
    const result = await child;
    if (result.exitCode === undefined && result.signal === undefined)
      throw new NotStarted(spec.argv[0] ?? "", result.originalMessage ?? "unknown reason");
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
    await stop();
    await child;
    throw error;
  } finally {
    clearTimeout(linger);
    options.signal?.removeEventListener("abort", onAbort);
  }
}

function start({ argv, env, cwd, input }: ChildSpec) {
  return execa(argv[0] ?? "", argv.slice(1), {
    env,
    extendEnv: false,
    ...(cwd === undefined ? {} : { cwd }),
    // A group of its own: a shell's grandchildren hold the pipes for as long as they live.
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdin: input === undefined ? "ignore" : "pipe",
    ...(input === undefined ? {} : { input }),
    encoding: "buffer",
  });
}

/** A daemon that left the group still holds the pipes: they are let go, or the run would wait for it for ever. */
async function endChild(child: ReturnType<typeof start>, pid: number, graceMs: number): Promise<void> {
  await endGroup(pid, graceMs);
  await wait(LAST_OUTPUT_MS, undefined, { ref: false });
  child.stdout.destroy();
  child.stderr.destroy();
}
