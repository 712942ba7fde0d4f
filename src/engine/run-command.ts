import { processStart } from "../base/processes.ts";
import { typeable, type Command } from "../step/command.ts";
import type { Step } from "../step/step.ts";
import { failureOfCommand, failureOfStop, type Failure } from "./failure.ts";
import { kindsOf } from "./hints.ts";
import type { OutputFile } from "./output-file.ts";
import { emit, signal, type RunContext } from "./run-context.ts";
import { Watchdog } from "./watchdog.ts";

const SCREEN_EVERY_MS = 66;

/** Tells whose a process is that outlives its step. */
export const STEP_MARK = "LIFEBOAT_STEP";

/** One command of a step: intent on disk, run, outcome written. Returns why it failed, or undefined. */
export async function runCommand(
  context: RunContext,
  step: Step,
  index: number,
  command: Command,
  output: OutputFile,
): Promise<Failure | undefined> {
  const program = command.argv[0] ?? "";
  const line = typeable(command);
  output.announce(`$ ${line}`);
  emit(context, { type: "command.started", step: step.id, index, line }, step.effect !== "reads");
  const watchdog = new Watchdog(step, context.clock.mono, context.stop.signal);
  let shown = 0;
  const show = (): void => {
    shown = context.clock.mono();
    const lines = output.takeLines().map(context.redactor.text);
    if (lines.length > 0) signal(context, { type: "output", step: step.id, lines, total: output.lines });
  };
  try {
    const marked = { ...command, env: { ...command.env, [STEP_MARK]: step.id } };
    const result = await context.launch(marked, {
      effect: step.effect,
      signal: watchdog.signal,
      keepBytes: 1024 * 1024,
      onPid: (pid) =>
        emit(
          context,
          { type: "command.spawned", step: step.id, index, pid, pidStarted: processStart(pid) },
          false,
        ),
      onChunk: (chunk, stream) => {
        output.write(chunk, stream);
        watchdog.heard(context.clock.mono());
        if (context.clock.mono() - shown > SCREEN_EVERY_MS) show();
      },
    });
    output.flush();
    show();
    emit(
      context,
      {
        type: "command.ended",
        step: step.id,
        index,
        exit: result.exit ?? null,
        signal: result.signal ?? null,
        ms: Math.round(result.ms),
      },
      false,
    );
    if (watchdog.reason) return failureOfStop(program, watchdog.reason);
    const finished = command.token === undefined || result.stdout.split("\n").includes(command.token);
    if (result.exit === 0 && finished) return undefined;
    return failureOfCommand(program, result, command.token, kindsOf(context.plan, step));
  } finally {
    watchdog.end();
  }
}
