import { LifeboatError, messageOf } from "../base/errors.ts";
import type { Check, CheckResult } from "../step/check.ts";
import { typeable } from "../step/command.ts";
import type { Step } from "../step/step.ts";
import { failureOfStop, lastWords } from "./failure.ts";
import { hintFor, kindsOf } from "./hints.ts";
import type { OutputFile } from "./output-file.ts";
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
  const watchdog = new Watchdog(step, context.clock.mono, context.stop.signal);
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
  const judge = context.judges.get(check.judge);
  if (!judge) return [failed(check, `no judge named ${check.judge}`)];
  output.line(`$ ${typeable(check.source)}`);
  const result = await context.launch(check.source, {
    effect: "reads",
    signal: watchdog.signal,
    onChunk: () => watchdog.heard(context.clock.mono()),
  });
  if (result.exit !== 0) {
    const hint = hintFor(result.stderr, kindsOf(context.plan, step));
    const said = lastWords(result.stderr) || `${check.source.argv[0]} exit ${result.exit ?? result.signal}`;
    output.line(said);
    return [failed(check, hint ? `${said}\nlikely: ${hint.likely}` : said, hint?.next)];
  }
  if (result.cut) return [failed(check, "the answer was longer than what is kept")];
  return judge(result, check.args, (id) => context.facts.get(id));
}
