import { checkSection } from "./checks.ts";
import { deviationSection, gateSection, keptSection } from "./decisions.ts";
import { circumstances, headline, objectiveSection } from "./headline.ts";
import type { ReportInput } from "./input.ts";
import { decisionSection, interruptionSection, shellSection } from "./recovery.ts";
import { commandSection, fileSection } from "./record.ts";
import { failureSection, stepSection } from "./steps.ts";
import { backupSection, targetSection } from "./subject.ts";

/**
 * The report of a run as Markdown, from its plan and journal alone: for the auditor who was not there and the colleague
 * who was there too long. A run that never ended gets one too, and it says so.
 */
export function markdownReport(input: ReportInput): string {
  const sections = [
    headline,
    objectiveSection,
    circumstances,
    targetSection,
    backupSection,
    stepSection,
    interruptionSection,
    failureSection,
    decisionSection,
    checkSection,
    deviationSection,
    shellSection,
    gateSection,
    keptSection,
    commandSection,
    fileSection,
  ];
  return `${sections
    .flatMap((section) => section(input))
    .join("\n")
    .trimEnd()}\n`;
}
