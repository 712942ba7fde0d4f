import { useEnv } from "../hooks/use-env.ts";
import type { Screen } from "../stack.ts";
import { BackupLoader } from "./backup-loader.tsx";
import { BreakingScreen } from "./breaking.tsx";
import { DamageScreen } from "./damage.tsx";
import { ErrorScreen } from "./error.tsx";
import { GateScreen } from "./gate.tsx";
import { HomeLoader } from "./home-loader.tsx";
import { ModeScreen } from "./mode.tsx";
import { PlanScreen } from "./plan.tsx";
import { PlanningScreen } from "./planning.tsx";
import { OfferScreen } from "./offer.tsx";
import { PracticeScreen } from "./practice.tsx";
import { ProbingScreen } from "./probing.tsx";
import { ResultScreen } from "./result.tsx";
import { ResumingScreen } from "./resuming.tsx";
import { RunScreen } from "./run.tsx";
import { RunbookScreen } from "./runbook.tsx";
import { StartingScreen } from "./starting.tsx";
import { UnfinishedScreen } from "./unfinished.tsx";

/** Which component draws which screen. `back` says whether there is a screen to go back to. */
export function ShownScreen({ screen, back }: { screen: Screen; back: boolean }) {
  const { practice } = useEnv().services;
  switch (screen.kind) {
    case "home":
      return <HomeLoader />;
    case "practice":
      return practice ? <PracticeScreen practice={practice} /> : <HomeLoader />;
    case "damage":
      return practice ? <DamageScreen practice={practice} /> : <HomeLoader />;
    case "breaking":
      return practice ? <BreakingScreen practice={practice} damage={screen.damage} /> : <HomeLoader />;
    case "runbook":
      return <RunbookScreen system={screen.system} back={back} />;
    case "mode":
      return <ModeScreen {...screen} back={back} />;
    case "backup":
      return <BackupLoader {...screen} />;
    case "planning":
      return <PlanningScreen choice={screen.choice} />;
    case "plan":
      return <PlanScreen plan={screen.plan} choice={screen.choice} back={back} />;
    case "gate":
      return <GateScreen plan={screen.plan} />;
    case "starting":
      return <StartingScreen plan={screen.plan} />;
    case "unfinished":
      return <UnfinishedScreen runs={screen.runs} />;
    case "probing":
      return <ProbingScreen run={screen.run} back={back} />;
    case "offer":
      return <OfferScreen offer={screen.offer} back={back} />;
    case "resuming":
      return <ResumingScreen offer={screen.offer} />;
    case "run":
      return <RunScreen control={screen.control} />;
    case "result":
      return <ResultScreen control={screen.control} outcome={screen.outcome} />;
    case "error":
      return <ErrorScreen error={screen.error} doing={screen.doing} back={back} />;
  }
}
