import { useEffect, useEffectEvent, useState } from "react";
import type { RunState } from "../../journal/run-state.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useFeed } from "../hooks/use-feed.ts";
import { runLog } from "../run-log.ts";
import { focusOf } from "../run-lines.ts";
import type { RunControl } from "../services.ts";
import { OutputReader } from "../parts/output-reader.tsx";
import { StepReader } from "../parts/step-reader.tsx";
import { RunGate } from "./run-gate.tsx";
import { RunList } from "./run-list.tsx";
import { StopAsk } from "./stop-ask.tsx";

type Face = "list" | "details" | "output" | "stop";

/** The run: what is finished goes up into the scrollback, what runs and what comes next stays on screen. */
export function RunScreen({ control }: { control: RunControl }) {
  const { scrollback, move } = useEnv();
  const { plan, feed } = control;
  const view = useFeed(feed);
  const { rows } = useBody();
  const [face, setFace] = useState<Face>("list");
  const [marked, setMarked] = useState<number>();
  const [stops, setStops] = useState(0);
  const [putOff, setPutOff] = useState<RunState["gate"]>();
  const finished = useEffectEvent(() => {
    void control.finished.then((outcome) => {
      scrollback.append(runLog(plan, feed.snapshot().state));
      move({ type: "restart", screen: { kind: "result", control, outcome } });
    });
  });
  useEffect(() => finished(), []);
  useEffect(() => scrollback.append(runLog(plan, view.state)), [scrollback, plan, view.state]);

  const at = marked ?? focusOf(plan, view);
  const step = plan.steps[at];
  const gate = view.state.gate;
  const stop = (): void => {
    if (stops === 0) return setFace("stop");
    setStops(stops + 1);
    control.interrupt();
  };
  const list = (): void => setFace("list");

  if (face === "stop")
    return (
      <StopAsk
        control={control}
        onNo={list}
        onYes={() => {
          setStops(1);
          list();
          control.interrupt();
        }}
      />
    );
  if (face === "details" && step)
    return (
      <StepReader
        plan={plan}
        step={step}
        state={view.state.steps.get(step.id)}
        onClose={list}
        handlers={{ stop }}
      />
    );
  if (face === "output" && step)
    return <OutputReader plan={plan} at={at} view={view} onClose={list} onStop={stop} />;
  if (gate && gate !== putOff && stops === 0 && !view.state.ended)
    return (
      <RunGate
        key={`${gate.step} ${gate.since}`}
        control={control}
        gate={gate}
        onPutOff={() => setPutOff(gate)}
        onStop={stop}
      />
    );
  return (
    <RunList
      plan={plan}
      view={view}
      at={at}
      rows={rows}
      following={marked === undefined}
      stops={stops}
      onMark={setMarked}
      onOpen={setFace}
      onGate={gate && stops === 0 ? () => setPutOff(undefined) : undefined}
      onStop={stop}
    />
  );
}
