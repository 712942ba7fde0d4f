import { z } from "zod";
import type { Check, Judge } from "../step/check.ts";
import { judgeBefore } from "./judge-before.ts";
import { judgeState, stateArgs } from "./judge-state.ts";

/** What reads the answers of services. */
export const serviceJudges: Readonly<Record<string, Judge>> = {
  services: judgeState,
  "services-before": judgeBefore,
};

const MUST_SHOW: Record<z.infer<typeof stateArgs>["be"], string> = {
  down: "each line beginning with now: the second word after it is not up",
  gone: "no line beginning with now",
  ready:
    "each name after want: a line with now, the name, up and healthy (or running, for more than a few seconds)",
  fresh: "each name: its line with now differs from the one with was, and says up",
  any: "nothing has to be so: it is only shown",
};

/** What a person has to see where one of these judges would be green, a line each. */
export function servicesMustShow({ judge, args }: Check): string[] {
  if (judge === "services") return [MUST_SHOW[stateArgs.parse(args).be]];
  if (judge === "services-before") return ["every name of the step, and no line that says refuse or not set"];
  return [];
}
