import { useState } from "react";
import { EXIT } from "../../base/exit-codes.ts";
import { type ResultRow, resultRows } from "../../journal/result-rows.ts";
import { MODE_WORD } from "../../step/mode.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { cursorAfter } from "../list.ts";
import { Frame } from "../parts/frame.tsx";
import { Reader } from "../parts/reader.tsx";
import { checkLines } from "../found-lines.ts";
import { planTitle } from "../plan-lines.ts";
import { labelled } from "../rows.ts";
import type { Screen } from "../stack.ts";
import type { RunControl, RunOutcome } from "../services.ts";
import type { Spans } from "../text.ts";
import type { Tone } from "../theme.ts";

const LABEL = 13;
/** Ends of a bring-up after which the rest can be planned. */
const UP: ReadonlySet<number> = new Set([EXIT.done, EXIT.deviations]);
const tone = (row: ResultRow): Tone => row.verdict ?? "plain";

/** How it ended: the word, the objectives, the checks with what failed, what is where, where the evidence lies. */
export function ResultScreen({ control, outcome }: { control: RunControl; outcome: RunOutcome }) {
  const env = useEnv();
  const { columns, rows } = useBody();
  const [scrolled, setScrolled] = useState(0);
  const [reading, setReading] = useState(false);
  const { plan, readOnly } = control;
  const { state } = control.feed.snapshot();
  const word = state.ended?.word ?? "NOT FINISHED";
  const facts = resultRows(state, plan, { ...outcome, folder: control.folder });
  const good = outcome.exit === 0;
  const lines: Spans[] = facts.flatMap((row) => labelled(row.label, row.text, columns, tone(row), LABEL));
  const room = Math.max(1, rows - 2);
  const page = lines.length <= room ? room : Math.max(1, room - 1);
  const last = Math.max(0, lines.length - page);
  const top = Math.min(scrolled, last);
  const end = [
    `${MODE_WORD[plan.mode]}  ${planTitle(plan)}  ${word}`,
    ...facts.flatMap((row) =>
      row.text.split(/\r?\n/).map((line, at) => `${(at === 0 ? row.label : "").padEnd(LABEL)}${line}`),
    ),
  ];
  const checks = checkLines(plan, state, columns);
  // Whoever only watched has done nothing that could have failed.
  const exit = readOnly ? EXIT.done : outcome.exit;
  const practice = !readOnly && env.services.practice !== undefined;
  const goOn = (screen: Screen): void => {
    env.scrollback.append(end.map((text, at) => ({ key: `${plan.run} result ${at}`, spans: [text] })));
    env.move({ type: "restart", screen });
  };
  const isUp = plan.bringsUp !== undefined && UP.has(outcome.exit) && !readOnly;
  const rest = isUp ? env.services.rest?.(plan.run) : undefined;
  const keys = useKeys("result", {
    ...(checks.length > 0 ? { checks: () => setReading(true) } : {}),
    ...(rest === undefined
      ? { leave: () => env.leave(exit, end) }
      : { go: () => goOn({ kind: "planning", choice: rest }) }),
    quit: () => env.leave(exit, end),
    ...(last > 0 ? { scroll: (key) => setScrolled(cursorAfter(key, top, last + 1, page)) } : {}),
    ...(practice ? { again: () => goOn({ kind: "damage" }) } : {}),
    ...(plan.mode === "live" || readOnly
      ? {}
      : { mode: () => goOn({ kind: "mode", system: plan.system, runbook: plan.runbook }) }),
  });
  if (reading)
    return (
      <Reader
        mode={plan.mode}
        title="every check of the run"
        lines={checks}
        onClose={() => setReading(false)}
      />
    );
  return (
    <Frame
      mode={plan.mode}
      title={planTitle(plan)}
      right={`exit ${outcome.exit}`}
      keys={keys}
      lines={[
        [" ", { text: word, tone: good ? "good" : "bad" }],
        [""],
        ...lines.slice(top, top + page),
        ...(last > 0
          ? [
              [
                { text: ` lines ${top + 1} to ${top + page} of ${lines.length}`, tone: "quiet" },
              ] satisfies Spans,
            ]
          : []),
      ]}
    />
  );
}
