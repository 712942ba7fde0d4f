import { inWords } from "../base/duration.ts";
import { typeable } from "../step/command.ts";
import type { Step } from "../step/step.ts";
import type { Plan } from "./plan-schema.ts";

/** A step's commands without what is different in every run: names, times, which backup, drill or live. */
function gist(plan: Plan, step: Step): string {
  const backups = plan.backups.map((backup) => backup.path);
  let text = step.commands.map(typeable).join("\n");
  for (const path of backups) text = text.replaceAll(path, "@BACKUP@");
  return text
    .replaceAll(plan.run, "@RUN@")
    .replaceAll(plan.tag, "@TAG@")
    .replaceAll("__drill_@TAG@", "__restore_@TAG@")
    .replaceAll(/lifeboat-[a-z]+-[0-9a-f]{8,}/g, "@TOKEN@");
}

/** A drill's own clean-up is no part of a live run, and the other way round. */
const isCleanUp = (step: Step): boolean => step.id.endsWith(".remove");

/** The first line in which two texts differ, shortened. */
function firstDifference(before: string, now: string): string {
  const old = before.split("\n");
  const at = now.split("\n").findIndex((line, index) => line !== old[index]);
  const line = now.split("\n")[Math.max(0, at)] ?? "";
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

/**
 * What is different from an earlier plan of the same runbook, a line each. A live run that does something other than
 * what was rehearsed should not come as a surprise.
 */
export function changesSince(earlier: Plan, now: Plan): string[] {
  const lines: string[] = [];
  const before = new Map(earlier.steps.map((step) => [step.id, step]));
  const titles = new Set(now.steps.map((step) => step.id));
  if (earlier.strategy !== now.strategy)
    lines.push(`strategy ${now.strategy} instead of ${earlier.strategy}`);
  for (const step of now.steps) {
    const old = before.get(step.id);
    if (!old && isCleanUp(step)) continue;
    if (!old) lines.push(`step "${step.title}" is new`);
    else if (gist(earlier, old) !== gist(now, step))
      lines.push(
        `step "${step.title}" runs other commands: ${firstDifference(gist(earlier, old), gist(now, step))}`,
      );
    else if (old.timeoutMs !== step.timeoutMs)
      lines.push(
        `step "${step.title}" may take ${inWords(step.timeoutMs)} instead of ${inWords(old.timeoutMs)}`,
      );
  }
  const gone = earlier.steps.filter((step) => !titles.has(step.id) && !isCleanUp(step));
  lines.push(...gone.map((step) => `step "${step.title}" is gone`));
  const since = `${{ "dry-run": "dry run", drill: "drill", live: "live run" }[earlier.mode]} of ${earlier.createdAt.slice(0, 16).replace("T", " ")} UTC`;
  return lines.length === 0
    ? [`nothing, since the ${since}`]
    : lines.map((line) => `${line} (since the ${since})`);
}
