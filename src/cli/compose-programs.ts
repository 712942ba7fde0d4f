import { LifeboatError, messageOf } from "../base/errors.ts";
import type { Launch } from "../hosts/launcher.ts";
import { type LoadedSystem, placeOf } from "../runbook/load.ts";
import { allSteps, type Runbook } from "../runbook/runbook-schema.ts";
import type { ComposeProject, Hop } from "../step/hop.ts";
import { engineFlags } from "../step/program-words.ts";

type Program = NonNullable<ComposeProject["program"]>;

/**
 * Which compose is there, for each host whose services a runbook controls and which does not say: asked, not assumed, because
 * the wrong one would make all containers anew. A host where neither answers is left out.
 */
export async function composePrograms(
  system: LoadedSystem,
  runbook: Runbook,
  launch: Launch,
): Promise<{ programs: Map<string, Program>; missing: Map<string, string> }> {
  const [programs, missing] = [new Map<string, Program>(), new Map<string, string>()];
  for (const step of allSteps(runbook)) {
    if ((step.kind !== "services" && step.kind !== "wait") || step.host === undefined) continue;
    const { kind, outer, services } = placeOf(system, step.host);
    const isCompose = kind === "compose" && (step.manager ?? "compose") === "compose";
    if (!isCompose || programs.has(step.host) || missing.has(step.host)) continue;
    if (services.compose?.program !== undefined) continue;
    const found = await whichCompose(engineFlags(services.engine ?? {}), outer, launch);
    if ("program" in found) programs.set(step.host, found.program);
    else missing.set(step.host, found.why);
  }
  return { programs, missing };
}

async function whichCompose(
  flags: readonly string[],
  on: readonly Hop[],
  launch: Launch,
): Promise<{ program: Program } | { why: string }> {
  const asked: [Program, string[]][] = [
    ["docker compose", ["docker", ...flags, "compose", "version"]],
    ["docker-compose", ["docker-compose", "version"]],
  ];
  let why = "";
  for (const [program, argv] of asked) {
    try {
      const command = { argv, env: {}, secrets: {}, ...(on.length === 0 ? {} : { on: [...on] }) };
      const result = await launch(command, { effect: "reads", signal: AbortSignal.timeout(30_000) });
      if (result.exit === 0) return { program };
      why = result.stderr.trim();
    } catch (error) {
      why = error instanceof LifeboatError ? error.facts.what : messageOf(error);
    }
  }
  return { why };
}

/** It may come with an earlier step of the runbook: planned is what is more likely, and its own look tells in time. */
export const composeWarnings = (missing: ReadonlyMap<string, string>): string[] =>
  [...missing].map(
    ([host, why]) =>
      `no compose answers on ${host} now${why === "" ? "" : ` (${why.split("\n")[0]})`}: planned for docker compose; if it is another, say program: docker-compose in system.yaml`,
  );
