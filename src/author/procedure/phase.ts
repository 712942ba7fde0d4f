import { guess } from "../draft.ts";
import type { Made } from "../steps/make.ts";
import { oneLine } from "../../base/one-line.ts";
import { verbatim } from "../words.ts";

/** A heading inside a scenario, and the steps below it. */
export interface Phase {
  title: string;
  steps: Made[];
}

/** Headings that name no phase. */
const SAYS_NOTHING =
  /^(?:(?:recovery|restore|resolution)?\s*(?:steps?|actions?|procedures?|commands?|instructions|solution|process|how to)|recovery|solution|resolution|restore)$/i;
const MAY_BE_SKIPPED =
  /\boptional(?:ly)?\b|\b(?:may|can) be (?:skipped|left out)\b|\bif (?:needed|necessary|required|time)\b/i;

/** Steps of a phase bear its name: a lone one as its title where that says what is done, others with it in front. */
export function nameSteps({ title: phase, steps }: Phase): void {
  for (const step of steps) {
    const title = String(step.fields["title"] ?? "");
    if (!SAYS_NOTHING.test(phase)) step.fields["title"] = titled(title, phase, steps.length === 1);
    markOptional(step, phase);
  }
}

/** A step that its words call optional may be skipped. */
export function markOptional({ fields }: Made, words: string): void {
  if (MAY_BE_SKIPPED.test(words))
    fields["optional"] ??= guess(verbatim(words), "say what is lost when it is skipped");
}

function titled(title: string, phase: string, isAlone: boolean): string {
  const isSaid = title.toLowerCase().startsWith(phase.toLowerCase());
  if (isSaid) return title;
  if (isAlone && /\s/.test(phase)) return verbatim(oneLine(phase, 100));
  // The title is escaped already.
  return `${verbatim(phase)}: ${oneLine(title, 100)}`;
}
