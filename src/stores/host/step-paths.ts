import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import type { StepFile } from "../store-kind.ts";

/** A file or folder under its two names; the one table by which a step's paths here and there belong together. */
export interface Pair extends Pick<StepFile, "step" | "made" | "isFolder"> {
  here: string;
  there: string;
}

export const commandsOf = ({ commands, checks, probe, undo, cleanup }: Step): Command[] => [
  ...commands,
  ...checks.flatMap(({ source }) => ("inspect" in source ? [] : [source])),
  ...(probe ? [probe] : []),
  ...(undo?.commands ?? []),
  ...(cleanup?.commands ?? []),
];

export const names = (command: Command, path: string): boolean =>
  command.argv.some((word) => word.includes(path)) || command.stdin?.includes(path) === true;

export const readsOf = (check: Check, path: string): boolean =>
  !("inspect" in check.source) && names(check.source, path);

export const sourceOf = ({ source }: Check): Command[] => ("inspect" in source ? [] : [source]);
export const inspects = ({ source }: Check, path: string): boolean =>
  "inspect" in source && source.path === path;

export const wholeCheck = (path: string, kind: string): Check => ({
  title: `${path} can be read to its end here`,
  source: { inspect: "artifact", path, byHand: [`ls -lR ${shellWord(path)}`] },
  judge: "artifact",
  args: { kind },
  onError: "fail",
});
