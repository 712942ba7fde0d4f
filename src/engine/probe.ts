import { messageOf } from "../base/errors.ts";
import type { Launch } from "../hosts/launcher.ts";
import { PROBE_ANSWERS, type ProbeAnswer } from "../journal/recovery-events.ts";
import type { Step } from "../step/step.ts";
import { lastWords } from "./failure.ts";
import { emit, type RunContext } from "./run-context.ts";

const PATIENCE_MS = 60_000;

/** Asks, read-only, how far an interrupted step came, and journals the answer. What cannot be asked is CANNOT TELL. */
export async function probe(context: RunContext, step: Step): Promise<ProbeAnswer> {
  const { answer, says } = await askProbe(context.launch, step);
  emit(context, { type: "probe.answered", step: step.id, answer, says });
  return answer;
}

/** The same without a journal, for looking before anything is decided. */
export async function askProbe(launch: Launch, step: Step): Promise<{ answer: ProbeAnswer; says: string }> {
  // What only looks leaves nothing half done: looking again is always right.
  if (step.effect === "reads" || step.commands.length === 0)
    return { answer: "NOT DONE", says: "it changes nothing" };
  if (!step.probe) return { answer: "CANNOT TELL", says: "the step has no probe" };
  try {
    const result = await launch(step.probe, {
      effect: "reads",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (result.transport) return { answer: "CANNOT TELL", says: result.transport.what };
    const said = result.stdout.trim().split("\n").at(-1) ?? "";
    const answer = PROBE_ANSWERS.find((one) => one === said);
    if (result.exit === 0 && answer !== undefined) return { answer, says: said };
    return {
      answer: "CANNOT TELL",
      says:
        lastWords(result.stderr) || `the probe said "${said}" and ended with ${result.exit ?? result.signal}`,
    };
  } catch (error) {
    return { answer: "CANNOT TELL", says: messageOf(error) };
  }
}
