import { fakePlan } from "./fake-plan.ts";
import { fakeRun, type FakeRun } from "./fake-run.ts";
import { type FakeOptions, type FakeServices, fakeServices, NOW } from "./fake-services.ts";
import { showApp, type TestScreen } from "./screen.tsx";

export interface Failing {
  screen: TestScreen;
  control: FakeRun;
  services: FakeServices;
}

/** A run on the screen in which one step fails until something is decided about it. */
export function failing(step: string, options: FakeOptions = {}, mode: "live" | "drill" = "live"): Failing {
  const now = options.now ?? (() => NOW);
  const control = fakeRun(fakePlan(mode), { ...options, now, decide: step });
  const services = fakeServices({ ...options, now });
  return { screen: showApp(services, { kind: "run", control }), control, services };
}

const CHOICES = ["retry", "edit", "fixed", "skip", "shell", "undo", "leave"] as const;

/** The keys that choose it, from where the mark begins. */
export function choose(choice: (typeof CHOICES)[number]): string[] {
  return [...Array.from({ length: CHOICES.indexOf(choice) }, () => "down"), "enter"];
}
