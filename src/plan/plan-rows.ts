import { ageInWords, inWords } from "../base/duration.ts";
import { sizeInWords } from "../base/size.ts";
import { goingBack } from "./last-safe-moment.ts";
import type { ChosenBackup, Plan } from "./plan-schema.ts";
import { allowedMs, recovers } from "./recovers.ts";
import { expectedMs } from "./step-sections.ts";

/** One labelled line of a plan's header. */
export interface PlanRow {
  label: string;
  text: string;
}

/** "about 9 min", or that nobody has measured it yet. */
export function expectedInWords(plan: Plan): string {
  if (plan.backups.some(({ imagined }) => imagined === true)) return "not known without a backup";
  const total = expectedMs(plan.steps);
  return total === undefined ? "not known yet" : `about ${inWords(total)}`;
}

/** "2026-11-20 02:00 UTC (9 h ago), daily, 318 MB, custom, with manifest". */
export function backupInWords(backup: ChosenBackup, now: Date): string {
  if (backup.imagined) return `none was found here; planned as if it were ${backup.format}`;
  const taken = `${backup.time.slice(0, 16).replace("T", " ")} UTC`;
  const age = ageInWords(now.getTime() - Date.parse(backup.time));
  const tier = backup.tier === undefined ? "" : `, ${backup.tier}`;
  const manifest = backup.manifest === undefined ? "no manifest" : "with manifest";
  return `${taken} (${age} ago)${tier}, ${sizeInWords(backup.bytes)}, ${backup.format}, ${manifest}`;
}

const instant = (iso: string): string => `${iso.slice(0, 19).replace("T", " ")} UTC`;

/** What the operator has to know before the steps: target, backup, what is lost, what is kept, how long. */
export function planRows(plan: Plan, now: Date): PlanRow[] {
  const several = plan.targets.length > 1;
  const rows: PlanRow[] = (plan.warnings ?? []).map((text) => ({ label: "warning", text }));
  if (plan.continues)
    rows.push({
      label: "goes on",
      text: `after ${plan.continues.run}, which brought the servers up; time counts from its start, ${instant(plan.continues.startedAt)}`,
    });
  for (const target of plan.targets) {
    const into = target.writesTo === target.name ? "" : `, written as ${target.writesTo}`;
    const store = several ? `${target.store}: ` : "";
    rows.push({
      label: "target",
      text: `${store}${target.name} at ${target.address}${into}, ${target.describes}`,
    });
  }
  for (const backup of plan.backups)
    rows.push({
      label: "backup",
      text: `${several ? `${backup.store}: ` : ""}${backupInWords(backup, now)}: ${backup.id}`,
    });
  rows.push(...plan.loses.map((text) => ({ label: "you lose", text })));
  rows.push(...plan.keeps.map((text) => ({ label: "you keep", text })));
  const back = goingBack(plan);
  if (back) rows.push({ label: "safe", text: back.safe });
  rows.push(...(back?.undo ?? []).map((text) => ({ label: "undo", text })));
  for (const { title, loses, because } of plan.leftOut ?? [])
    rows.push({ label: "left out", text: `${title} (${because}); then ${loses}` });
  rows.push(...plan.changes.map((text) => ({ label: "changed", text })));
  rows.push({ label: "time", text: [expectedInWords(plan), ...rtoWords(plan)].join(", ") });
  rows.push(...plan.notes.map((text) => ({ label: "note", text })));
  return rows;
}

/** Nothing about an objective where there is nothing that it holds for. */
function rtoWords(plan: Plan): string[] {
  const rtoMs = allowedMs(plan);
  if (rtoMs !== undefined) return [`RTO ${inWords(rtoMs)}`];
  return recovers(plan) ? ["no RTO set"] : [];
}
