import type { Step } from "../../../step/step.ts";
import type { RestoreContext } from "../restore-context.ts";
import { containerArtifact, containerLoad, containerPreflight, containerVerify } from "./proof.ts";
import { containerOpen, containerRemove, containerSwap } from "./swap-steps.ts";
import type { ContainerPlace } from "./swap-words.ts";

/** The same way as on a machine, by other commands. */
export function expandInContainer(
  context: RestoreContext,
  place: ContainerPlace,
): { steps: Step[]; last: Step[] } {
  const steps = [
    containerPreflight,
    containerArtifact,
    containerLoad,
    containerVerify,
    containerSwap,
    containerOpen,
  ].map((make) => make(context, place));
  if (context.mode === "drill") return { steps, last: [containerRemove(context, place, "verify")] };
  return { steps: [...steps, containerRemove(context, place, "open")], last: [] };
}
