import { useEffect, useEffectEvent, useState } from "react";
import { EXIT } from "../../base/exit-codes.ts";
import type { RunState } from "../../journal/run-state.ts";
import { useBell } from "../hooks/use-bell.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useFeed } from "../hooks/use-feed.ts";
import { runLog } from "../run-log.ts";
import { focusOf } from "../run-lines.ts";
import type { RunControl } from "../services.ts";
import { OutputReader } from "../parts/output-reader.tsx";
import { StepReader } from "../parts/step-reader.tsx";
import { RunDecision } from "./run-decision.tsx";
import { RunGate } from "./run-gate.tsx";
import { RunList } from "./run-list.tsx";
import { StopAsk } from "./stop-ask.tsx";

type Face = "list" | "details" | "output" | "stop";

/** A name for what the run waits for, so that the bell rings once for each. */
function questionOf({ gate, decision, steps, ended }: RunState): string | undefined {
  if (ended) return undefined;
  if (decision) return `decision ${decision.step} ${steps.get(decision.step)?.attempts}`;
  return gate && `gate ${gate.step} ${gate.since}`;
}

/** The run: what is finished goes up into the scrollback, what runs and what comes next stays on screen. */
export function RunScreen({ control }: { control: RunControl }) {
  const { scrollback, move, leave } = useEnv();
  const { plan, feed, readOnly } = control;
  const view = useFeed(feed);
  const { rows } = useBody();
  const [face, setFace] = useState<Face>("list");
  const [marked, setMarked] = useState<number>();
  const [stops, setStops] = useState(0);
  const [putOff, setPutOff] = useState<RunState["gate"] | RunState["decision"]>();
  const [draft, setDraft] = useState<string>();
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
  const { gate, decision, ended } = view.state;
  const mayAnswer = !readOnly && stops === 0 && !ended;
  useBell(mayAnswer ? questionOf(view.state) : undefined);
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
        handlers={readOnly ? {} : { stop }}
      />
    );
  if (face === "output" && step)
    return (
      <OutputReader plan={plan} at={at} view={view} onClose={list} onStop={readOnly ? undefined : stop} />
    );
  if (mayAnswer && decision && decision !== putOff)
    return (
      <RunDecision
        key={questionOf(view.state)}
        control={control}
        view={view}
        decision={decision}
        draft={draft}
        onDraft={setDraft}
        onOutput={() => {
          setMarked(undefined);
          setFace("output");
        }}
        onPutOff={() => setPutOff(decision)}
        onStop={stop}
      />
    );
  if (mayAnswer && gate && gate !== putOff)
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
      onAnswer={mayAnswer && (gate ?? decision) ? () => setPutOff(undefined) : undefined}
      onStop={readOnly ? undefined : stop}
      onQuit={readOnly ? (key) => leave(key === "ctrl-c" ? EXIT.interrupted : EXIT.done) : undefined}
    />
  );
}
