import { useState } from "react";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { type Handlers, useKeys } from "../hooks/use-keys.ts";
import { useTyped } from "../hooks/use-typed.ts";
import { prose } from "../rows.ts";
import type { Spans } from "../text.ts";
import type { BarProps } from "./bar.tsx";
import { Frame } from "./frame.tsx";
import { typedLine } from "./typed-line.ts";

interface TypedAskProps extends BarProps {
  /** What stands above the question. */
  says: readonly Spans[];
  ask: string;
  label: string;
  /** What must be typed; undefined for free text, which must not be empty. */
  expect?: string | undefined;
  onDone: (text: string) => void;
  onBack: () => void;
  handlers?: Handlers;
}

/** One question that is answered by typing. Enter alone answers nothing. */
export function TypedAsk(props: TypedAskProps) {
  const { says, ask, label, expect, onDone, onBack, handlers = {}, ...bar } = props;
  const { theme } = useEnv();
  const { columns, rows } = useBody();
  const typed = useTyped();
  const [wrong, setWrong] = useState<string>();
  const submit = (): void => {
    const text = expect === undefined ? typed.text.trim() : typed.text;
    if (expect === undefined ? text !== "" : text === expect) return onDone(text);
    setWrong(text);
    typed.clear();
  };
  const keys = useKeys("typed", { submit, clear: typed.clear, "not-yet": onBack, ...handlers }, typed.onText);
  const asked: Spans[] = [
    ...(wrong === undefined ? [] : prose(notThat(wrong, expect), columns, "warn")),
    ...prose(ask, columns, "ask"),
    typedLine(label, typed.text, columns, theme),
  ];
  const shown = fitted(says, Math.max(0, rows - asked.length - 1));
  return <Frame {...bar} keys={keys} lines={[...shown, [""], ...asked]} />;
}

/** Nothing is left away silently. */
function fitted(says: readonly Spans[], room: number): readonly Spans[] {
  if (says.length <= room) return says;
  const kept = says.slice(0, Math.max(0, room - 1));
  return [...kept, [{ text: ` and ${says.length - kept.length} more lines: esc goes back`, tone: "quiet" }]];
}

/** After something else was typed: what it was, what is asked for, and that nothing happened. */
export function notThat(typed: string, expect: string | undefined): string {
  if (expect === undefined) return "Nothing was typed. Say why: it goes into the report.";
  if (typed === "") return "Nothing was typed, nothing was confirmed.";
  return `"${typed}" is not "${expect}". Nothing was confirmed.`;
}
