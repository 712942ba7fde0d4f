import { useEnv } from "../hooks/use-env.ts";
import { useLoad } from "../hooks/use-load.ts";
import { Waiting } from "../parts/waiting.tsx";
import type { Choice } from "../services.ts";

/** Makes the plan, then gives way to it. */
export function PlanningScreen({ choice }: { choice: Choice }) {
  const { services, move } = useEnv();
  const loaded = useLoad(() => services.plan(choice), {
    now: services.now,
    onDone: (plan) => move({ type: "replace", screen: { kind: "plan", plan, choice } }),
    onError: (error) => move({ type: "replace", screen: { kind: "error", error, doing: "making the plan" } }),
  });
  return (
    <Waiting
      title={`${choice.system} / ${choice.runbook}`}
      mode={choice.mode}
      what="Making the plan and asking the server who it is; nothing is changed"
      next="every step with its exact commands"
      since={loaded.state === "waiting" ? loaded.since : 0}
      back
    />
  );
}
