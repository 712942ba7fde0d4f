import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { S3Connection } from "../../runbook/store-kinds/s3.ts";
import type { Step } from "../../step/step.ts";
import { liveOnly, part, type PartContext, tokenFor } from "../part.ts";
import { comparison, listing, script, type Tooling } from "./script.ts";
import { type Place, urlOf } from "./tool.ts";

interface Safety extends PartContext {
  tooling: Tooling;
  connection: S3Connection;
  live: Place;
  safety: Place;
}

/** The whole bucket copied aside by the server itself, and compared. A drill leaves the live bucket alone and prints it. */
export function safetyCopyStep(step: RunbookStep, context: Safety): Step {
  const { tooling, live, safety } = context;
  const { tool } = tooling;
  const made = part(context, "safety-copy", [], {
    title: step.title ?? "Safety copy",
    why: step.why ?? `all objects of ${urlOf(live)} as they are now, in ${urlOf(safety)}`,
    effect: "reversible",
    ...liveOnly(context),
    commands: [
      script(tooling, [...tool.make(safety), ...tool.copy(live, safety)], tokenFor(context, "safety-copied")),
    ],
    checks: [
      {
        title: "the safety copy is complete",
        source: script(tooling, [
          ...listing(tooling, live, '"$T/live"'),
          ...listing(tooling, safety, '"$T/safety"'),
          comparison('"$T/live"', '"$T/safety"'),
        ]),
        judge: "s3.compare",
        args: { what: "the safety copy", wanted: "the live bucket", extra: "warning", mayBeEmpty: true },
        onError: "fail",
      },
    ],
    probe: script(tooling, [
      ...listing(tooling, live, '"$T/live"'),
      `if ( ${listing(tooling, safety, '"$T/safety"').join(" && ")} ) 2> "$T/why"; then`,
      'if cmp -s "$T/live" "$T/safety"; then echo DONE; else echo PARTLY; fi',
      "else echo NOT DONE; fi",
    ]),
    repeatable: true,
    undo: {
      says: `removes ${urlOf(safety)}`,
      commands: [script(tooling, tool.remove(safety))],
      onFailure: false,
    },
    cleanup: {
      says: `removes the safety copy ${urlOf(safety)}`,
      commands: [script(tooling, tool.remove(safety))],
      expect: live.bucket,
      onFailure: false,
    },
    after: `a safety copy of ${urlOf(live)} is in ${urlOf(safety)}`,
  });
  return { ...made, id: step.id, kind: step.kind, needs: [] };
}
