import type { Plan } from "../../plan/plan-schema.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useLoad } from "../hooks/use-load.ts";
import { Waiting } from "../parts/waiting.tsx";
import { planTitle } from "../plan-lines.ts";

/** Opens the run. From here on there is no way back into the menus: the run is what is looked at. */
export function StartingScreen({ plan }: { plan: Plan }) {
  const { services, move } = useEnv();
  const loaded = useLoad(() => services.start(plan), {
    now: services.now,
    onDone: (control) => move({ type: "restart", screen: { kind: "run", control } }),
    onError: (error) =>
      move({ type: "replace", screen: { kind: "error", error, doing: "starting the run" } }),
  });
  return (
    <Waiting
      title={planTitle(plan)}
      mode={plan.mode}
      what="Opening the journal"
      next={plan.steps[0]?.title ?? "the first step"}
      since={loaded.state === "waiting" ? loaded.since : 0}
      back={false}
    />
  );
}
