import { ageInWords } from "../base/duration.ts";
import { markdownCode, markdownLines, markdownTable, markdownText } from "../base/markdown.ts";
import { counted, sizeInWords } from "../base/size.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { type Identity, identityInWords } from "../step/identity.ts";
import type { ReportInput } from "./input.ts";
import { instant } from "./words.ts";

/** What was written to, and who the servers said they were each time they were asked. */
export function targetSection({ plan, state }: ReportInput): string[] {
  const asked = [
    ...plan.targets.flatMap((target) =>
      target.identity ? [identityCells("when planned", target.store, target.identity)] : [],
    ),
    ...state.identities.map((read) => identityCells(read.when, read.store, read.identity)),
  ];
  return [
    "## Target",
    "",
    ...plan.targets.map((target) => {
      const into = target.writesTo === target.name ? "" : `, written as ${target.writesTo}`;
      const text = `${target.store} (${target.kind}): ${target.name} at ${target.address}${into}: ${target.describes}`;
      return `- ${markdownText(text)}`;
    }),
    ...(plan.targets.length === 0 ? ["- none: this runbook writes to no store"] : []),
    "",
    ...(asked.length === 0 ? ["The server was not asked who it is.", ""] : []),
    ...markdownTable(["asked", "store", "it said"], asked),
  ];
}

function identityCells(when: string, store: string, identity: Identity): string[] {
  return [when, store, identityInWords(identity)].map(markdownLines);
}

/** Every backup used: time, age when the run began, size, format, digest. */
export function backupSection({ plan, state }: ReportInput): string[] {
  if (plan.backups.length === 0) return ["## Backup", "", "None was used.", ""];
  const began = state.openedAt ?? plan.createdAt;
  const rows = plan.backups.map((backup) => [
    markdownText(backup.store),
    instant(backup.time),
    ageInWords(Date.parse(began) - Date.parse(backup.time)),
    `${sizeInWords(backup.bytes)} (${counted(backup.bytes, "byte")})`,
    markdownText([backup.tier, backup.format].filter((part) => part !== undefined).join(", ")),
    digest(plan, state, backup.store),
  ]);
  return [
    "## Backup",
    "",
    ...markdownTable(["store", "taken", "age at the start", "size", "kind", "sha256"], rows),
    ...plan.backups.map((backup) => {
      const manifest =
        backup.manifest === undefined ? "no manifest" : `manifest ${markdownCode(backup.manifest)}`;
      return `- ${markdownCode(backup.path)}, ${manifest}`;
    }),
    ...plan.loses.map((text) => `- lost: ${markdownText(text)}`),
    "",
  ];
}

/** What the artifact's check read; the plan does not hold it, because only a full read finds it. */
function digest(plan: Plan, state: RunState, store: string): string {
  const found = plan.steps
    .filter((step) => step.store === store)
    .flatMap((step) => state.steps.get(step.id)?.checks ?? [])
    .filter((check) => check.level === "artifact")
    .flatMap((check) => /\b[0-9a-f]{64}\b/.exec(check.found ?? "") ?? []);
  return found[0] === undefined ? "not read in this run" : markdownCode(found[0]);
}
