import { useState } from "react";
import { clock } from "../../base/duration.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { type Handlers, useKeys } from "../hooks/use-keys.ts";
import { useNow } from "../hooks/use-now.ts";
import { useTyped } from "../hooks/use-typed.ts";
import { cursorAfter } from "../list.ts";
import { Frame } from "../parts/frame.tsx";
import { typedLine } from "../parts/typed-line.ts";
import { marked, prose } from "../rows.ts";
import type { Spans } from "../text.ts";
import type { GateProps } from "./run-gate.tsx";

const CHOICES = [
  { id: "later", label: "not yet: look at the run" },
  { id: "confirmed", label: "done: I did it, and it worked" },
  { id: "refused", label: "failed: I could not, or it did not work" },
] as const;

/** Something the operator does by hand. The mark starts on the choice that answers nothing. */
export function ManualGate({ control, gate, title, onAnswer, onPutOff, onStop }: GateProps) {
  const { theme } = useEnv();
  const now = useNow();
  const { columns, rows } = useBody();
  const typed = useTyped();
  const [cursor, setCursor] = useState(0);
  const [answer, setAnswer] = useState<"confirmed" | "refused">();
  const [empty, setEmpty] = useState(false);
  const choose = (): void => {
    const choice = CHOICES[cursor]?.id ?? "later";
    if (choice === "later") onPutOff();
    else setAnswer(choice);
  };
  const submit = (): void => {
    const note = typed.text.trim();
    // A failure without a reason helps nobody who reads the report.
    if (answer === "refused" && note === "") return setEmpty(true);
    if (answer) onAnswer({ answer, ...(note === "" ? {} : { note }) });
  };
  const choosing: Handlers = {
    choose,
    back: onPutOff,
    move: (key) => setCursor(cursorAfter(key, cursor, CHOICES.length, 1)),
    stop: onStop,
  };
  const noting: Handlers = {
    submit,
    clear: typed.clear,
    "not-yet": () => setAnswer(undefined),
    stop: onStop,
  };
  const keys = useKeys(
    answer === undefined ? "list" : "typed",
    answer === undefined ? choosing : noting,
    answer === undefined ? undefined : typed.onText,
  );
  const label = answer === "refused" ? "what happened: " : "note, may be empty: ";
  const ask: Spans[] =
    answer === undefined
      ? CHOICES.map((choice, at) => marked(theme, at === cursor, [choice.label]))
      : [
          ...prose(answer === "refused" ? "It failed." : "It is done.", columns, "ask"),
          ...(empty ? prose("Say what happened: it goes into the report.", columns, "warn") : []),
          typedLine(label, typed.text, columns, theme),
        ];
  const says = [...gate.gate.says, gate.gate.prompt].flatMap((line) => prose(line, columns));
  return (
    <Frame
      mode={control.plan.mode}
      title={title}
      right={`waits ${clock(now.getTime() - Date.parse(gate.since))}`}
      keys={keys}
      lines={[...says.slice(0, Math.max(1, rows - ask.length - 1)), [""], ...ask]}
    />
  );
}
