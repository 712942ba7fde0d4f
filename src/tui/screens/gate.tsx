import { useState } from "react";
import type { Plan } from "../../plan/plan-schema.ts";
import { gateLines, nameToType } from "../gate-lines.ts";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { useNow } from "../hooks/use-now.ts";
import { useTyped } from "../hooks/use-typed.ts";
import { Frame } from "../parts/frame.tsx";
import { notThat } from "../parts/typed-ask.tsx";
import { typedLine } from "../parts/typed-line.ts";
import { planTitle } from "../plan-lines.ts";
import { prose } from "../rows.ts";
import type { Spans } from "../text.ts";

/** The last question before a run. Live: the target's name is typed, enter alone does nothing. */
export function GateScreen({ plan }: { plan: Plan }) {
  const env = useEnv();
  const now = useNow();
  const { columns, rows } = useBody();
  const typed = useTyped();
  const [wrong, setWrong] = useState<string>();
  const expect = plan.mode === "live" ? nameToType(plan) : undefined;
  const goOn = (): void => env.move({ type: "replace", screen: { kind: "starting", plan } });
  const { quit } = menuKeys(env, true);
  const back = (): void => env.move({ type: "back" });
  const confirm = (): void => {
    if (typed.text === expect) return goOn();
    setWrong(typed.text);
    typed.clear();
  };
  const keys = useKeys(
    expect === undefined ? "begin" : "typed",
    {
      ...(quit ? { quit } : {}),
      ...(expect === undefined
        ? { go: goOn, back }
        : { submit: confirm, clear: typed.clear, "not-yet": back }),
    },
    expect === undefined ? undefined : typed.onText,
  );
  const ask: Spans[] =
    expect === undefined
      ? [[""], [{ text: " Press enter to start, esc to go back.", tone: "strong" }]]
      : [
          ...(wrong === undefined ? [] : prose(notThat(wrong, expect), columns, "warn")),
          ...prose(`To start, type the name of what is changed: ${expect}`, columns, "ask"),
          typedLine("name: ", typed.text, columns, env.theme),
        ];
  const says = gateLines(plan, now, columns, Math.max(0, rows - ask.length - 1));
  return (
    <Frame
      mode={plan.mode}
      title={planTitle(plan)}
      right="gate"
      keys={keys}
      lines={[...says, [""], ...ask]}
    />
  );
}
