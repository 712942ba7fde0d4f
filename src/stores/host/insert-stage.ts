import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import type { StoreContext } from "../store-kind.ts";
import { readStep, type Sent, type Staging, stageStep } from "./stage-steps.ts";
import { inspects, names, type Pair, readsOf, sourceOf, wholeCheck } from "./step-paths.ts";

/** What the commands there read that lies here: the backup, what lies beside it, or what a step has made of it. */
export function sentOf(
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

/** Puts the sending behind the step that reads the backup here, with the checks of that step that read it there. */
export function withStage(
  staging: Staging,
  steps: readonly Step[],
  sent: readonly Sent[],
  kind: string,
): Step[] {
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
