import { clean } from "../base/clean.ts";
import { LifeboatError, messageOf } from "../base/errors.ts";
import type { Check, CheckResult } from "../step/check.ts";
import { typeable } from "../step/command.ts";
import type { Step } from "../step/step.ts";
import { failureOfStop, lastWords } from "./failure.ts";
import { hintFor, kindsOf } from "./hints.ts";
import type { OutputFile } from "./output-file.ts";
import { type Answer, pollUntilGreen } from "./poll.ts";
import { signal, type RunContext } from "./run-context.ts";
import { Watchdog } from "./watchdog.ts";

/** Looks at everything, also after a failure: the operator sees all problems at once. */
export async function runChecks(context: RunContext, step: Step, output: OutputFile): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of step.checks) {
    if (context.stop.signal.aborted) break;
    const found = await runCheck(context, step, check, output);
    // A check that compared nothing is red.
    results.push(...(found.length > 0 ? found : [failed(check, "nothing was compared")]));
    const lines = found.map(
      (r) =>
        `${r.result}: ${r.name}${r.found === undefined ? "" : ` (${r.found})`}${r.why === undefined ? "" : `: ${r.why}`}`,
    );
    for (const line of lines) output.line(line);
    signal(context, {
      type: "output",
      step: step.id,
      lines: output.takeLines().map(context.redactor.text),
      total: output.lines,
    });
  }
  return results;
}

function failed(check: Check, why: string, fix?: string): CheckResult {
  return {
    name: check.title,
    level: "other",
    result: check.onError === "fail" ? "fail" : "not checked",
    why,
    ...(fix === undefined ? {} : { fix }),
  };
}

async function runCheck(
  context: RunContext,
  step: Step,
  check: Check,
  output: OutputFile,
): Promise<CheckResult[]> {
  const { timeoutMs } = step;
  // Waiting is no silence: each question has its own limit.
  const silenceMs = check.poll ? timeoutMs : step.silenceMs;
  const watchdog = new Watchdog({ timeoutMs, silenceMs }, context.clock.mono, context.stop.signal);
  try {
    const results =
      "inspect" in check.source
        ? await inspect(context, step, check, watchdog)
        : await ask(context, step, check, watchdog, output);
    return watchdog.reason ? [failed(check, failureOfStop(check.title, watchdog.reason).what)] : results;
  } catch (error) {
    const facts = error instanceof LifeboatError ? error.facts : undefined;
    return [failed(check, messageOf(error), facts?.next)];
  } finally {
    watchdog.end();
  }
}

async function inspect(
  context: RunContext,
  step: Step,
  check: Check,
  watchdog: Watchdog,
): Promise<CheckResult[]> {
  if (!("inspect" in check.source)) return [];
  const onProgress = (fraction: number, words: string): void => {
    watchdog.heard(context.clock.mono());
    signal(context, { type: "progress", step: step.id, fraction, words });
  };
  const { results, facts } = await context.inspect(check.source.path, check.args, {
    signal: watchdog.signal,
    onProgress,
  });
  context.facts.set(step.id, facts);
  return results;
}

async function ask(
  context: RunContext,
  step: Step,
  check: Check,
  watchdog: Watchdog,
  output: OutputFile,
): Promise<CheckResult[]> {
  if ("inspect" in check.source) return [];
  const { poll, source } = check;
  const question = typeable(source);
  output.line(`$ ${question}`);
  if (!poll) return (await askOnce(context, step, check, watchdog, watchdog.signal, output)).results;
  const { clock, sleep } = context;
  return pollUntilGreen({
    poll,
    clock,
    sleep,
    signal: watchdog.signal,
    ask: (end) => askOnce(context, step, check, watchdog, end),
    told: (words, isNew) => tellWaiting(context, step, output, words, isNew),
    look: question.includes("\n")
      ? `look at it yourself: the question is in output/${step.id}.log`
      : `look at it yourself: ${question}`,
  });
}

/** A screen shows the time that has gone by; a line is only written for a new answer. */
function tellWaiting(
  context: RunContext,
  step: Step,
  output: OutputFile,
  text: string,
  isNew: boolean,
): void {
  const words = context.redactor.text(clean(text));
  signal(context, { type: "progress", step: step.id, fraction: 0, words });
  if (!isNew) return;
  output.line(words);
  signal(context, { type: "output", step: step.id, lines: output.takeLines(), total: output.lines });
  signal(context, { type: "waiting", step: step.id, words });
}

async function askOnce(
  context: RunContext,
  step: Step,
  check: Check,
  watchdog: Watchdog,
  end: AbortSignal,
  output?: OutputFile,
): Promise<Answer> {
  if ("inspect" in check.source) return { results: [], judged: false };
  const judge = context.judges.get(check.judge);
  const refused = (why: string, fix?: string): Answer => ({
    results: [failed(check, why, fix)],
    judged: false,
  });
  if (!judge) throw new Error(`no judge named ${check.judge}`);
  const result = await context.launch(check.source, {
    effect: "reads",
    signal: end,
    onChunk: () => watchdog.heard(context.clock.mono()),
  });
  if (result.transport) {
    const { what, why, next } = result.transport;
    return refused(why === undefined ? what : `${what}\n${why}`, next);
  }
  if (result.exit !== 0) {
    const hint = hintFor(result.stderr, kindsOf(context.plan, step));
    const ended = result.exit ?? result.signal ?? "no answer in time";
    const said = lastWords(result.stderr) || `${check.source.argv[0]} exit ${ended}`;
    output?.line(said);
    return refused(hint ? `${said}\nlikely: ${hint.likely}` : said, hint?.next);
  }
  if (result.cut) return refused("the answer was longer than what is kept");
  return { results: judge(result, check.args, (id) => context.facts.get(id)), judged: true };
}
