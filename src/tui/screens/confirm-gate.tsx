import { useState } from "react";
import { clock } from "../../base/duration.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { useNow } from "../hooks/use-now.ts";
import { useTyped } from "../hooks/use-typed.ts";
import { Frame } from "../parts/frame.tsx";
import { notThat } from "../parts/typed-ask.tsx";
import { typedLine } from "../parts/typed-line.ts";
import { prose } from "../rows.ts";
import { clockLine } from "../run-clock.ts";
import type { Spans } from "../text.ts";
import type { GateProps } from "./run-gate.tsx";

/** Where a gate names nothing to type, a word is typed all the same: one key never lets something irreversible begin. */
const WORD = "yes";

/** A typed confirmation inside a run. */
export function ConfirmGate({ control, gate, title, onAnswer, onPutOff, onStop }: GateProps) {
  const { theme } = useEnv();
  const now = useNow();
  const { columns, rows } = useBody();
  const typed = useTyped();
  const [wrong, setWrong] = useState<string>();
  const expect = gate.gate.expect ?? WORD;
  const submit = (): void => {
    if (typed.text === expect) return onAnswer({ answer: "confirmed" });
    setWrong(typed.text);
    typed.clear();
  };
  const keys = useKeys(
    "typed",
    { submit, clear: typed.clear, "not-yet": onPutOff, stop: onStop },
    typed.onText,
  );
  const waited = clock(now.getTime() - Date.parse(gate.since));
  const ask: Spans[] = [
    ...(wrong === undefined ? [] : prose(notThat(wrong, expect), columns, "warn")),
    ...prose(`${gate.gate.prompt}: ${expect}`, columns, "ask"),
    typedLine("", typed.text, columns, theme),
  ];
  const says = gate.gate.says.flatMap((line) => prose(line, columns));
  return (
    <Frame
      mode={control.plan.mode}
      title={title}
      right={`waits ${waited}`}
      keys={keys}
      lines={[
        ...says.slice(0, Math.max(1, rows - ask.length - 2)),
        [""],
        ...ask,
        clockLine(control.plan, control.feed.snapshot().state, now, columns, theme),
      ]}
    />
  );
}
