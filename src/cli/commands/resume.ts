import { LifeboatError, usageError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import type { Assumption } from "../../engine/resume.ts";
import type { Step } from "../../step/step.ts";
import { askLine } from "../ask-line.ts";
import { askFlags, type GateFlags } from "../asks.ts";
import { type Offer, offerResume, resumeRun, runToResume } from "../resume-run.ts";
import type { World } from "../world.ts";
import { watchPlainly } from "./run.ts";

export interface ResumeFlags extends GateFlags {
  acceptChanges: boolean;
  /** `step=done` or `step=not-done`, where a probe cannot tell. */
  assume: readonly string[];
  onFailure: "stop" | "undo";
  output: "tui" | "plain" | "json";
  takeOver?: string | undefined;
}

export function assumptions(given: readonly string[]): Map<string, Assumption> {
  return new Map(
    given.map((text): [string, Assumption] => {
      const [step = "", answer] = text.split("=");
      if (answer === "done") return [step, "done"];
      if (answer === "not-done") return [step, "not done"];
      throw usageError(
        `"${text}" does not say what to assume`,
        "write --assume <step>=done or --assume <step>=not-done",
      );
    }),
  );
}

/** What is shown before anything is decided. */
export function offerLines(offer: Offer): string[] {
  const { plan } = offer.past.material;
  return [
    `resume ${plan.run}`,
    ...offer.stands.map((line) => `  ${line}`),
    ...offer.leftovers.says.map((line) => `  still running, will be ended: ${line}`),
    ...offer.differences.map((line) => `  changed meanwhile: ${line}`),
    ...offer.probed.map((p) => `  ${p.title}: ${p.answer}; ${p.proposal}`),
  ];
}

/** `lifeboat resume [<run>]` without the screens. */
export async function resumePlainly(
  world: World,
  wanted: string | undefined,
  flags: ResumeFlags,
): Promise<number> {
  const assume = assumptions(flags.assume);
  const offer = await offerResume(world, runToResume(world, wanted));
  if (flags.output !== "json") world.stdout.write(`${offerLines(offer).join("\n")}\n`);
  await consent(world, offer, flags, assume);
  const accepted = offer.differences.length > 0 ? (flags.acceptChanges ? "flag" : "typed") : undefined;
  const run = await resumeRun(world, offer, {
    ask: askFlags(flags),
    onFailure: flags.onFailure,
    accepted,
    assume,
  });
  return watchPlainly(world, run, flags.output === "json" ? "json" : "plain");
}

async function consent(
  world: World,
  offer: Offer,
  flags: ResumeFlags,
  assume: ReadonlyMap<string, Assumption>,
): Promise<void> {
  const { plan } = offer.past.material;
  const refuse = (what: string, next: string): LifeboatError =>
    new LifeboatError(EXIT.refused, { what, where: `run ${plan.run}`, next });
  const open = offer.probed.find(
    (p) => p.answer === "CANNOT TELL" && p.step.commands.length > 0 && !assume.has(p.step.id),
  );
  if (open)
    throw refuse(
      `nobody can tell whether step ${open.step.id} was done`,
      waitsFor(offer, open.step) ??
        `look yourself, then add --assume ${open.step.id}=done or --assume ${open.step.id}=not-done`,
    );
  if (
    offer.differences.length > 0 &&
    !flags.acceptChanges &&
    (await askLine(world, "Type accept to go on all the same: ")) !== "accept"
  )
    throw refuse("something changed since the run was stopped", "look at it, then add --accept-changes");
  const [target] = plan.targets;
  if (plan.mode !== "live" || !target || flags.confirm.includes(target.name)) return;
  if ((await askLine(world, `Type ${target.name} to go on: `)) !== target.name)
    throw refuse("a live run has to be confirmed again when it is resumed", `add --confirm ${target.name}`);
}

/** A guess is no answer where the store itself will know, as soon as it can be asked. */
function waitsFor({ past }: Offer, { store }: Step): string | undefined {
  const input = store === undefined ? undefined : past.stores.get(store);
  if (input?.unreachable === undefined) return undefined;
  const first = input.wayNext ?? "start it";
  return `store ${store} does not answer: ${first}; then resume: it knows whether the step was done`;
}
