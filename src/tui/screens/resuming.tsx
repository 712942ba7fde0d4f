import { useEnv } from "../hooks/use-env.ts";
import { useLoad } from "../hooks/use-load.ts";
import { Waiting } from "../parts/waiting.tsx";
import { planTitle } from "../plan-lines.ts";
import type { ResumeOffer } from "../services.ts";

/** Takes the run up again. From here on the run is what is looked at, as after a start. */
export function ResumingScreen({ offer }: { offer: ResumeOffer }) {
  const { services, move } = useEnv();
  const loaded = useLoad(() => offer.start(), {
    now: services.now,
    onDone: (control) => move({ type: "restart", screen: { kind: "run", control } }),
    onError: (error) =>
      move({ type: "replace", screen: { kind: "error", error, doing: "resuming the run" } }),
  });
  const ending = offer.leftovers.length > 0 ? "Ending what the dead run left working" : "Going on";
  return (
    <Waiting
      title={planTitle(offer.plan)}
      mode={offer.plan.mode}
      what={`${ending} in the journal of ${offer.run}`}
      next="the run"
      since={loaded.state === "waiting" ? loaded.since : 0}
      back={false}
    />
  );
}
