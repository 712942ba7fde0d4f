import { counted } from "../../base/size.ts";
import { useState } from "react";
import { menuKeys } from "../exit-keys.ts";
import { nameToType } from "../gate-lines.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { differenceLines, offerLines } from "../offer-lines.ts";
import { Reader } from "../parts/reader.tsx";
import { TypedAsk } from "../parts/typed-ask.tsx";
import { planTitle } from "../plan-lines.ts";
import { prose } from "../rows.ts";
import type { ResumeOffer } from "../services.ts";

type Question = "look" | "accept" | "name" | "abandon";
const ACCEPT = "accept";
const ABANDON =
  "The run is no longer offered as unfinished. Nothing is undone, nothing is removed; the reason goes into its report. lifeboat undo still takes back what it did.";

/** The run as it was found, then, one after the other, what has to be typed before it goes on. */
export function OfferScreen({ offer, back }: { offer: ResumeOffer; back: boolean }) {
  const env = useEnv();
  const { columns } = useBody();
  const [question, setQuestion] = useState<Question>("look");
  const { plan, differences } = offer;
  const questions: Question[] = [
    "look",
    ...(differences.length > 0 ? ["accept" as const] : []),
    ...(plan.mode === "live" ? ["name" as const] : []),
  ];
  const goOn = (): void => {
    const next = questions[questions.indexOf(question) + 1];
    if (next) setQuestion(next);
    else env.move({ type: "replace", screen: { kind: "resuming", offer } });
  };
  const abandon = (because: string): Promise<void> =>
    env.services.abandon(offer.run, because).then(
      () => env.move({ type: "restart", screen: { kind: "home" } }),
      (error: unknown) =>
        env.move({ type: "replace", screen: { kind: "error", error, doing: "abandoning the run" } }),
    );
  const bar = { mode: plan.mode, title: `resume ${planTitle(plan)}` };
  const { quit } = menuKeys(env, back);
  if (question === "look")
    return (
      <Reader
        {...bar}
        right={counted(plan.steps.length, "step")}
        scope="resume"
        lines={offerLines(offer, columns)}
        onClose={back ? () => env.move({ type: "back" }) : undefined}
        handlers={{ go: goOn, abandon: () => setQuestion("abandon"), ...(quit ? { quit } : {}) }}
      />
    );
  if (question === "abandon")
    return (
      <TypedAsk
        key={question}
        {...bar}
        says={prose(ABANDON, columns, "plain")}
        ask="Why is nobody going on with it?"
        label="reason: "
        onDone={(because) => void abandon(because)}
        onBack={() => setQuestion("look")}
        handlers={quit ? { quit } : {}}
      />
    );
  const asked =
    question === "accept"
      ? {
          expect: ACCEPT,
          ask: `To go on all the same, type: ${ACCEPT}`,
          says: differenceLines(offer, columns),
        }
      : {
          expect: nameToType(plan),
          ask: `To go on, type the name of what is changed: ${nameToType(plan)}`,
          says: prose("This is the real thing: it goes on changing the target.", columns, "bad"),
        };
  return (
    <TypedAsk
      key={question}
      {...bar}
      {...asked}
      label="type: "
      onDone={goOn}
      onBack={() => setQuestion("look")}
      handlers={quit ? { quit } : {}}
    />
  );
}
