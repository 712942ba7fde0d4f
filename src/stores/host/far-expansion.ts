import { join } from "node:path/posix";
import { shellWord } from "../../base/quote.ts";
import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Check } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import type { Expansion, StepFile, StoreContext, StoreKind } from "../store-kind.ts";
import { fetchCommands, removeCommand, sendCommands } from "./carry-files.ts";
import { carried, type FarPlace, runFolderThere, stepFolderThere } from "./far-place.ts";
import { programsCalled } from "./programs-called.ts";
import {
  hostStep,
  readStep,
  type Sent,
  type Staging,
  sameThere,
  stageStep,
  unstageStep,
} from "./stage-steps.ts";

/** A backup's name there: nothing in it that a shell, a terminal or a file system might mind. */
const safeName = (path: string): string =>
  (path.split("/").findLast((part) => part !== "") ?? "backup").replaceAll(/[^\w.+@%=,:~-]/g, "_");

/** The same store, with the paths that its files have there. */
function contextThere(place: FarPlace, step: RunbookStep, context: StoreContext): StoreContext {
  const dir = stepFolderThere(place, context.run, step);
  const { "safety-copies": _here, ...store } = context.store;
  const { backup } = context;
  return {
    ...context,
    store,
    run: { ...context.run, dir },
    ...(backup === undefined
      ? {}
      : {
          backup: {
            ...backup,
            backup: { ...backup.backup, path: join(dir, "backup", safeName(backup.backup.path)) },
          },
        }),
  };
}

/** A file or folder under its two names; the one table by which a step's paths here and there belong together. */
interface Pair extends Pick<StepFile, "step" | "made" | "isFolder"> {
  here: string;
  there: string;
}

const commandsOf = ({ commands, checks, probe, undo, cleanup }: Step): Command[] => [
  ...commands,
  ...checks.flatMap(({ source }) => ("inspect" in source ? [] : [source])),
  ...(probe ? [probe] : []),
  ...(undo?.commands ?? []),
  ...(cleanup?.commands ?? []),
];

const names = (command: Command, path: string): boolean =>
  command.argv.some((word) => word.includes(path)) || command.stdin?.includes(path) === true;

const readsOf = (check: Check, path: string): boolean =>
  !("inspect" in check.source) && names(check.source, path);

/**
 * The steps of a store whose commands run on another host. They are made twice, with the paths of here and of there: commands
 * come from the one, what this process reads itself from the other, so that no path has to be found and replaced in a text.
 * Added is what looks at the host, sends what is read there, brings back what must outlive the host, and removes it again.
 */
export function expandThere(
  kind: Pick<StoreKind, "kind" | "expand">,
  place: FarPlace,
  step: RunbookStep,
  context: StoreContext,
): Expansion {
  const here = kind.expand(step, context);
  const there = kind.expand(step, contextThere(place, step, context));
  const pairs = pairsOf(here, there);
  const staging: Staging = { step, context, place };
  const merge = (steps: readonly Step[], others: readonly Step[]): Step[] =>
    steps.map((one, at) => merged(staging, one, others[at] ?? one, pairs, kind.kind));
  const steps = merge(there.steps, here.steps);
  const last = merge(there.last, here.last);
  const sent = sentOf(context, contextThere(place, step, context), pairs, [...steps, ...last]);
  const keepsSafety = pairs.some(({ made }) => made === "there");
  const usesFolder =
    sent.length > 0 ||
    keepsSafety ||
    [...steps, ...last].some((one) =>
      commandsOf(one).some((command) => names(command, stepFolderThere(place, context.run, step))),
    );
  if (!usesFolder) return { ...here, steps, last };
  const staged = sent.length === 0 ? steps : withStage(staging, steps, sent, kind.kind);
  const all = [...staged, ...last];
  const needed = sent.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  const look = hostStep(
    staging,
    programsCalled(all.flatMap(commandsOf).filter(({ on }) => on !== undefined)),
    needed,
  );
  const made = pairs.filter((pair) => pair.made === "here").map((pair) => pair.here);
  return {
    ...here,
    steps: [look, ...staged.map((one) => (one.needs.length === 0 ? { ...one, needs: [look.id] } : one))],
    last: [...last, unstageStep(staging, made, keepsSafety)],
  };
}

function pairsOf(here: Expansion, there: Expansion): Pair[] {
  return (here.files ?? []).map(({ path, ...file }, at) => ({
    ...file,
    here: path,
    there: there.files?.[at]?.path ?? path,
  }));
}

/** One step: its commands there; what this process inspects, and a step that works on the backup alone, here. */
function merged(
  { place, context, step }: Staging,
  there: Step,
  here: Step,
  pairs: readonly Pair[],
  kind: string,
): Step {
  const own = pairs.filter((pair) => pair.step === there.id);
  if (own.some(({ made }) => made === "here")) return { ...here, host: "local" };
  const carry = (command: Command): Command => carried(place, command);
  const checks = there.checks.map((check, at): Check => {
    const same = here.checks[at];
    if ("inspect" in check.source) return same ?? check;
    return { ...check, source: carry(check.source) };
  });
  const { probe, undo, cleanup } = there;
  const copies = pairs.filter(({ made }) => made === "there");
  // Where its copy of the data is needed again it may be gone there with its container: it is sent once more.
  const sendBack = copies
    .filter((pair) => undo?.commands.some((command) => names(command, pair.there)) && pair.step !== there.id)
    .flatMap((pair) =>
      sendCommands(place, pair, {
        runFolder: runFolderThere(place, context.run),
        work: pair.here,
        keep: true,
      }),
    );
  // Whatever of the run is still there goes with what it kept.
  const tidy = removeCommand(
    place,
    stepFolderThere(place, context.run, step),
    runFolderThere(place, context.run),
  );
  const made: Step = {
    ...there,
    commands: there.commands.map(carry),
    checks,
    ...(probe ? { probe: carry(probe) } : {}),
    ...(undo ? { undo: { ...undo, commands: [...sendBack, ...undo.commands.map(carry)] } } : {}),
    ...(cleanup ? { cleanup: { ...cleanup, commands: [...cleanup.commands.map(carry), tidy] } } : {}),
  };
  return own.reduce((one, pair) => withCopyHere(one, place, pair, kind), made);
}

const wholeCheck = (path: string, kind: string): Check => ({
  title: `${path} can be read to its end here`,
  source: { inspect: "artifact", path, byHand: [`ls -lR ${shellWord(path)}`] },
  judge: "artifact",
  args: { kind },
  onError: "fail",
});

/** A copy of the store's data is only worth something where the store's host cannot take it along. */
function withCopyHere(step: Step, place: FarPlace, pair: Pair, kind: string): Step {
  const { here, there } = pair;
  const inspected = step.checks.findIndex(({ source }) => "inspect" in source && source.path === here);
  const checks = inspected < 0 ? [...step.checks, wholeCheck(here, kind)] : step.checks;
  const at = inspected < 0 ? checks.length : inspected + 1;
  const removed = { argv: ["rm", "-rf", here], env: {}, secrets: {} };
  return {
    ...step,
    commands: [...step.commands, ...fetchCommands(place, pair)],
    checks: [...checks.slice(0, at), sameThere(place, there, step.id), ...checks.slice(at)],
    ...(step.after === undefined ? {} : { after: `${step.after} on ${place.words}, and at ${here} here` }),
    ...(step.undo ? { undo: { ...step.undo, commands: [...step.undo.commands, removed] } } : {}),
    ...(step.cleanup ? { cleanup: { ...step.cleanup, commands: [...step.cleanup.commands, removed] } } : {}),
  };
}

/** What the commands there read that lies here: the backup, what lies beside it, or what a step has made of it. */
function sentOf(
  context: StoreContext,
  far: StoreContext,
  pairs: readonly Pair[],
  steps: readonly Step[],
): Sent[] {
  const { backup } = context;
  if (!backup || !far.backup || backup.backup.kind === "remote") return [];
  const commands = steps.flatMap((step) => [...step.commands, ...step.checks.flatMap(sourceOf)]);
  const isRead = (path: string): boolean => commands.some((command) => command.on && names(command, path));
  const { path, bytes, kind } = backup.backup;
  const unpacked = pairs
    .filter((pair) => pair.made === "here" && isRead(pair.there))
    .map((pair): Sent => ({ ...pair, bytes: bytes * UNPACKED, readBy: pair.step }));
  if (unpacked.length > 0) return unpacked;
  const beside = pairs
    .filter((pair) => pair.made === "before" && isRead(pair.there))
    .map((pair): Sent => ({ ...pair, readBy: undefined }));
  const there = far.backup.backup.path;
  if (!isRead(there)) return beside;
  const readBy = steps.find(({ checks }) => checks.some((check) => inspects(check, path)))?.id;
  return [{ here: path, there, bytes, isFolder: kind === "directory", readBy }, ...beside];
}

/** How much larger what was packed may be; only for the room that is asked for. */
const UNPACKED = 3;

const sourceOf = ({ source }: Check): Command[] => ("inspect" in source ? [] : [source]);
const inspects = ({ source }: Check, path: string): boolean => "inspect" in source && source.path === path;

/** Puts the sending behind the step that reads the backup here, with the checks of that step that read it there. */
function withStage(staging: Staging, steps: readonly Step[], sent: readonly Sent[], kind: string): Step[] {
  const readers = new Set(sent.map(({ readBy }) => readBy));
  const at = steps.findLastIndex(({ id }) => readers.has(id));
  const reader = steps[at];
  if (reader === undefined || reader.failsAs === "red") return withReader(staging, steps, sent, kind);
  const reads = (check: Check): boolean => sent.some(({ there }) => readsOf(check, there));
  const stage = stageStep(staging, sent, [reader.id], reader.checks.filter(reads));
  const waits = (one: Step): Step => ({
    ...one,
    needs: one.needs.map((id) => (id === reader.id ? stage.id : id)),
  });
  const local: Step = { ...reader, checks: reader.checks.filter((check) => !reads(check)) };
  return [...steps.slice(0, at), local, stage, ...steps.slice(at + 1).map(waits)];
}

/** A verification by itself reads here and there in one step: what is sent is read before it. */
function withReader(staging: Staging, steps: readonly Step[], sent: readonly Sent[], kind: string): Step[] {
  const [whole, ...rest] = sent;
  if (whole === undefined) return [...steps];
  const known = steps.flatMap(({ checks }) => checks).find((check) => inspects(check, whole.here));
  const read = readStep(staging, known ?? wholeCheck(whole.here, kind));
  const stage = stageStep(staging, [{ ...whole, readBy: read.id }, ...rest], [read.id], []);
  const after = steps.map((one) => (one.needs.length === 0 ? { ...one, needs: [stage.id] } : one));
  return [read, stage, ...after];
}
