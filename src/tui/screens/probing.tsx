import { useEnv } from "../hooks/use-env.ts";
import { useLoad } from "../hooks/use-load.ts";
import { Waiting } from "../parts/waiting.tsx";

/** Finds out where an interrupted run stands. Nothing is changed by that. */
export function ProbingScreen({ run, back }: { run: string; back: boolean }) {
  const { services, move } = useEnv();
  const loaded = useLoad(() => services.resume(run), {
    now: services.now,
    onDone: (offer) => move({ type: "replace", screen: { kind: "offer", offer } }),
    onError: (error) =>
      move({ type: "replace", screen: { kind: "error", error, doing: "looking at the unfinished run" } }),
  });
  return (
    <Waiting
      title={run}
      what="Reading the journal and asking the probes how far the run came"
      next="what was found, and what is proposed; nothing is changed before you agree"
      since={loaded.state === "waiting" ? loaded.since : 0}
      back={back}
    />
  );
}
