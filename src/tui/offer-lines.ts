import type { ProbeAnswer } from "../journal/recovery-events.ts";
import { labelled, prose } from "./rows.ts";
import type { ResumeOffer } from "./services.ts";
import type { Spans } from "./text.ts";
import type { Tone } from "./theme.ts";

const LABEL = 12;
const ANSWER_TONES: Record<ProbeAnswer, Tone> = {
  DONE: "good",
  "NOT DONE": "plain",
  PARTLY: "warn",
  "CANNOT TELL": "bad",
};

function rows(label: string, lines: readonly string[], columns: number, tone: Tone = "plain"): Spans[] {
  return lines.flatMap((line, at) => labelled(at === 0 ? label : "", line, columns, tone, LABEL));
}

/** Pure: what is known about an interrupted run, and what taking it up again would mean. */
export function offerLines(offer: ResumeOffer, columns: number): Spans[] {
  const probed = offer.probed.flatMap(({ title, answer, proposal }): Spans[] => [
    [""],
    ...labelled("interrupted", title, columns, "strong", LABEL),
    ...labelled("its probe", answer, columns, ANSWER_TONES[answer], LABEL),
    ...labelled("proposal", proposal, columns, "plain", LABEL),
  ]);
  const differ = offer.differences.length > 0;
  const left = offer.leftovers.length > 0;
  return [
    ...rows("it stands", offer.stands, columns),
    ...probed,
    ...(left ? [[""] satisfies Spans, ...rows("still works", offer.leftovers, columns, "warn")] : []),
    ...(left ? rows("", ["of the dead run; ended when you go on"], columns, "quiet") : []),
    ...(differ ? [[""] satisfies Spans, ...rows("changed", offer.differences, columns, "warn")] : []),
    ...(differ ? rows("", ["since it was stopped; has to be accepted first"], columns, "quiet") : []),
  ];
}

/** Pure: what has to be accepted. */
export function differenceLines(offer: ResumeOffer, columns: number): Spans[] {
  return [
    ...prose("Since the run was stopped this has changed:", columns),
    ...offer.differences.flatMap((line) => labelled("-", line, columns, "warn", 2)),
  ];
}
