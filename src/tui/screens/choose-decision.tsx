import { useState } from "react";
import { clock } from "../../base/duration.ts";
import type { OfferedChoice } from "../../journal/recovery-events.ts";
import type { RunView } from "../../journal/feed.ts";
import {
  choiceLines,
  type Decision,
  failedAt,
  failureLines,
  firstChoice,
  wholeDecision,
} from "../decision-lines.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { useNow } from "../hooks/use-now.ts";
import { cursorAfter } from "../list.ts";
import type { BarProps } from "../parts/bar.tsx";
import { Frame } from "../parts/frame.tsx";
import { Reader } from "../parts/reader.tsx";
import { prose } from "../rows.ts";
import type { RunControl } from "../services.ts";
import type { Spans } from "../text.ts";

interface ChooseDecisionProps extends BarProps {
  control: RunControl;
  view: RunView;
  decision: Decision;
  /** What came of the choice before. */
  said: string | undefined;
  onChoose: (choice: OfferedChoice) => void;
  onOutput: () => void;
  onPutOff: () => void;
  onStop: () => void;
}

/** What failed, what has been changed so far, and what can be done now. The mark starts on what destroys nothing. */
export function ChooseDecision(props: ChooseDecisionProps) {
  const { control, view, decision, said, onChoose, onOutput, onPutOff, onStop, mode, title } = props;
  const { theme } = useEnv();
  const now = useNow();
  const { columns, rows, airy } = useBody();
  const { choices } = decision;
  const [cursor, setCursor] = useState(() => firstChoice(choices));
  const [whole, setWhole] = useState(false);
  const choice = choices[cursor];
  const keys = useKeys("decision", {
    ...(choice ? { choose: () => onChoose(choice) } : {}),
    back: onPutOff,
    details: () => setWhole(true),
    output: onOutput,
    stop: onStop,
    move: (key) => setCursor(cursorAfter(key, cursor, choices.length, 3)),
  });
  const since = failedAt(view.state, decision);
  const bar = {
    mode,
    title,
    right: since === undefined ? "waits" : `waits ${clock(now.getTime() - since)}`,
  };
  if (whole)
    return (
      <Reader
        {...bar}
        lines={wholeDecision(control.plan, view.state, decision, columns)}
        onClose={() => setWhole(false)}
        handlers={{ stop: onStop }}
      />
    );
  const answer = said === undefined ? [] : prose(said, columns, "warn").slice(0, 2);
  const lines = (says: string): Spans[] => prose(says, columns, "quiet").slice(0, airy ? 3 : 2);
  // As high for every choice, so that the list stands still while the mark moves.
  const high = Math.max(1, ...choices.map((one) => lines(one.says).length));
  const says = [...lines(choice?.says ?? ""), [""], [""]].slice(0, high);
  const list = Math.max(2, Math.min(choices.length, rows - answer.length - says.length - 3));
  const room = Math.max(1, rows - answer.length - says.length - list - (airy ? 2 : 0));
  return (
    <Frame
      {...bar}
      keys={keys}
      lines={[
        ...failureLines(control.plan, view.state, decision, columns, room),
        ...(airy ? [[""]] : []),
        ...answer,
        ...choiceLines(choices, cursor, list, columns, theme),
        ...(airy ? [[""]] : []),
        ...says,
      ]}
    />
  );
}
