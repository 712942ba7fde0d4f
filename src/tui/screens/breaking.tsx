import { useEffect, useEffectEvent, useState } from "react";
import { clock } from "../../base/duration.ts";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { useNow } from "../hooks/use-now.ts";
import { Frame } from "../parts/frame.tsx";
import { prose } from "../rows.ts";
import type { DamageChoice, PracticeServices } from "../services.ts";
import { type Spans, wrapExact } from "../text.ts";

/** Does the damage, shows what was done, then goes into the same flow as on the night. */
export function BreakingScreen({ practice, damage }: { practice: PracticeServices; damage: DamageChoice }) {
  const env = useEnv();
  const now = useNow();
  const { columns, rows } = useBody();
  const [lines, setLines] = useState<readonly string[]>([]);
  const [broken, setBroken] = useState(false);
  const [since] = useState(() => env.services.now().getTime());
  const fail = (error: unknown): void =>
    env.move({ type: "restart", screen: { kind: "error", error, doing: `practising: ${damage.title}` } });
  const begin = useEffectEvent(() => {
    practice
      .damage(damage.id, (line) => setLines((before) => [...before, line]))
      .then(() => setBroken(true), fail);
  });
  useEffect(() => begin(), []);
  const recover = (): void => {
    env.services.systems().then((systems) => {
      const system = systems.find((row) => row.name === "practice") ?? systems[0];
      const [runbook, ...more] = system?.runbooks ?? [];
      if (!system || !runbook) return fail(new Error("the practice system has no runbook"));
      const screen =
        more.length === 0
          ? ({ kind: "mode", system: system.name, runbook: runbook.name } as const)
          : ({ kind: "runbook", system } as const);
      return env.move({ type: "restart", screen });
    }, fail);
  };
  const keys = useKeys("begin", { ...menuKeys(env, false), ...(broken ? { go: recover } : {}) });
  const head: Spans[] = broken
    ? [[{ text: " It is broken. This was done:", tone: "bad" }]]
    : prose(`Breaking it, ${clock(now.getTime() - since)} so far. Next: recover it.`, columns, "strong");
  const foot: Spans[] = broken
    ? [[""], ...prose("Now recover it, as you would on the night. Press enter.", columns, "strong")]
    : [];
  const done = lines.flatMap((line) => wrapExact(line, columns - 3).map((part): Spans => [`  ${part}`]));
  const room = Math.max(1, rows - head.length - foot.length);
  return (
    <Frame
      word="PRACTICE"
      title={damage.title}
      keys={keys}
      lines={[...head, ...done.slice(-room), ...foot]}
    />
  );
}
