import { join } from "node:path/posix";
import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Check } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import type { Expansion, StoreContext, StoreKind } from "../store-kind.ts";
import { fetchCommands, removeCommand, sendCommands } from "./carry-files.ts";
import { carried, type FarPlace, runFolderThere, stepFolderThere } from "./far-place.ts";
import { programsCalled } from "./programs-called.ts";
import { sentOf, withStage } from "./insert-stage.ts";
import { hostStep, sameThere, type Staging, unstageStep } from "./stage-steps.ts";
import { commandsOf, names, type Pair, wholeCheck } from "./step-paths.ts";

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
  const copies = pairs.filter(({ made }) => made === "there");
  // Where another step may need it there, to go back.
  const keepsSafety = copies.some((pair) =>
    steps.some((one) => one.id !== pair.step && commandsOf(one).some((c) => c.on && names(c, pair.there))),
  );
  const usesFolder =
    sent.length > 0 ||
    copies.length > 0 ||
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
    return { ...check, source: carry(check.source), args: saying(place, check.args) };
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
    // What is kept is told by where it lies on this machine.
    ...(here.gate ? { gate: here.gate } : {}),
    ...(here.after === undefined ? {} : { after: here.after }),
    ...(undo
      ? { undo: { ...undo, ...saidBy(here.undo), commands: [...sendBack, ...undo.commands.map(carry)] } }
      : {}),
    ...(cleanup
      ? { cleanup: { ...cleanup, ...saidBy(here.cleanup), commands: [...cleanup.commands.map(carry), tidy] } }
      : {}),
  };
  return own.reduce((one, pair) => withCopyHere(one, place, pair, kind), made);
}

const saidBy = (recipe: { says: string } | undefined): { says?: string } =>
  recipe === undefined ? {} : { says: recipe.says };

/** Judges that say where something is say this place. */
const saying = (place: FarPlace, args: Check["args"]): Check["args"] =>
  args !== null && typeof args === "object" && !Array.isArray(args) && args["where"] === undefined
    ? { ...args, where: place.words }
    : args;

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
    ...(step.undo ? { undo: { ...step.undo, commands: [...step.undo.commands, removed] } } : {}),
    ...(step.cleanup ? { cleanup: { ...step.cleanup, commands: [...step.cleanup.commands, removed] } } : {}),
  };
}
