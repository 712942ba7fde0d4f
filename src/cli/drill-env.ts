import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { LoadedRunbook } from "../runbook/load.ts";
import type { RunbookStep } from "../runbook/runbook-schema.ts";
import { kindFor } from "../stores/registry.ts";
import type { RunNames, StoreContext, StoreInput } from "../stores/store-kind.ts";

type CommandStep = Extract<RunbookStep, { kind: "command" | "migrate" }>;

/** Where the store's data goes in this drill. */
function scratchOf(runbook: LoadedRunbook, store: StoreInput, names: RunNames): string {
  const restore = runbook.runbook.steps.find((step) => step.kind === "restore" && step.store === store.id);
  const context: StoreContext = {
    ...store,
    mode: "drill",
    strategy: "swap",
    run: names,
    jobs: 1,
    skipSafetyCopy: false,
  };
  return kindFor(store).writesTo(context, restore);
}

/**
 * For a drill: steps that run in it and name their store get that store's scratch copy wherever their environment has the
 * URL of its database, secret or not. A step in whose environment there is none would run against the live database, and
 * is refused (exit 10).
 */
export function redirectForDrill(
  runbook: LoadedRunbook,
  stores: ReadonlyMap<string, StoreInput>,
  names: RunNames,
): LoadedRunbook {
  const vault = new Map(runbook.vault);
  const secretEnv = new Map(runbook.secretEnv);
  const steps = runbook.runbook.steps.map((step) => {
    const store = isRedirected(step) ? stores.get(step.store ?? "") : undefined;
    if (!isRedirected(step) || !store) return step;
    const [from, to] = [store.connection.subject, scratchOf(runbook, store, names)];
    const redirected = (value: string): string | undefined => kindFor(store).redirected?.(value, from, to);
    let found = 0;
    const secrets = { ...runbook.secretEnv.get(step.id) };
    for (const [name, key] of Object.entries(secrets)) {
      const value = redirected(vault.get(key) ?? "");
      if (value === undefined) continue;
      secrets[name] = `${key}.drill`;
      vault.set(`${key}.drill`, value);
      found += 1;
    }
    const env = { ...step.env };
    for (const [name, value] of Object.entries(env)) {
      const other = redirected(value);
      if (other === undefined) continue;
      env[name] = other;
      found += 1;
    }
    if (found === 0) throw notRedirected(runbook, step, from);
    secretEnv.set(step.id, secrets);
    return { ...step, env };
  });
  return { ...runbook, vault, secretEnv, runbook: { ...runbook.runbook, steps } };
}

function isRedirected(step: RunbookStep): step is CommandStep {
  return (
    (step.kind === "command" || step.kind === "migrate") &&
    step.drill === "run" &&
    step.store !== undefined &&
    step.effect !== "reads"
  );
}

function notRedirected(runbook: LoadedRunbook, step: CommandStep, database: string): LifeboatError {
  return new LifeboatError(EXIT.invalid, {
    what: `step ${step.id} would run against the live database in a drill`,
    where: runbook.source.path,
    why: `drill: run and store: ${step.store}, but nothing in its env is the URL of ${database}, so it cannot be pointed at the scratch copy`,
    next: "give the URL in env, or say drill: print",
  });
}
