import { basename } from "node:path";
import { crossCheckRunbook, type Known } from "./cross-check.ts";
import type { Use } from "./interpolate.ts";
import type { Problem } from "./problem.ts";
import { declarationOf } from "./store-kinds/registry.ts";
import { isRecord, recordOf, textOf } from "./raw.ts";
import { readSource, type Source } from "./read-source.ts";
import type { SystemFile } from "./read-system.ts";
import { resolve, type UnsetVariable } from "./resolved.ts";
import { type Runbook, type RunbookStep, runbookSchema, STEP_LISTS } from "./runbook-schema.ts";
import { isSecretEnv, secretUseProblems, withoutSecretValues } from "./secrets.ts";
import { spotKey } from "./source-document.ts";
import { checkShape } from "./shape.ts";

/** All that is known of one runbook file, valid or not. */
export interface RunbookFile {
  name: string;
  source: Source;
  /** undefined when the file has errors. `env` of its steps holds no secrets: see `secretEnv`. */
  runbook: Runbook | undefined;
  /** Step id → environment variable → vault key: what goes into a command's `secrets`. */
  secretEnv: ReadonlyMap<string, Record<string, string>>;
  /** The system's vault and this runbook's own entries (`<step>.env.<NAME>`). */
  vault: ReadonlyMap<string, string>;
  unset: readonly UnsetVariable[];
  problems: readonly Problem[];
}

/** Reads one runbook against its system. Throws only what the file system throws. */
export async function readRunbook(path: string, system: SystemFile): Promise<RunbookFile> {
  const { document, source } = await readSource(path);
  const resolved = resolve(document, system.lookup);
  const { data, problems } = checkShape("runbook", runbookSchema, resolved);
  const found = [
    ...document.problems,
    ...resolved.problems,
    ...problems,
    ...crossCheckRunbook(resolved, knownOf(system)),
  ];
  const hidden = data === undefined ? undefined : hideSecrets(data, resolved.uses, system.secretNames);
  return {
    name: basename(path, ".yaml"),
    source,
    runbook: hidden?.runbook,
    secretEnv: hidden?.secretEnv ?? new Map(),
    vault: new Map([...system.vault, ...(hidden?.vault ?? [])]),
    unset: resolved.unset,
    problems: [
      ...withoutSecretValues(found, resolved, system.secretNames),
      ...secretUseProblems(resolved, system.secretNames),
    ],
  };
}
function knownOf(file: SystemFile): Known | undefined {
  const root = file.resolved.value;
  if (!isRecord(root)) return undefined;
  const stores = Object.entries(recordOf(root["stores"])).map(([name, value]) => {
    const store = recordOf(value);
    const connection = file.connections.get(name);
    return [
      name,
      {
        kind: textOf(store["kind"]) ?? "",
        subject: connection?.subject ?? textOf(store[declarationOf(store["kind"])?.subjectKey ?? "database"]),
        reserved: connection?.reserved ?? [],
      },
    ] as const;
  });
  return { stores: new Map(stores), hosts: recordOf(root["hosts"]) };
}

function hideSecrets(
  data: Runbook,
  uses: readonly Use[],
  secretNames: ReadonlySet<string>,
): { runbook: Runbook; secretEnv: Map<string, Record<string, string>>; vault: Map<string, string> } {
  const secretEnv = new Map<string, Record<string, string>>();
  const vault = new Map<string, string>();
  const hidden = (list: (typeof STEP_LISTS)[number]): RunbookStep[] =>
    data[list].map((step, index) => {
      if (!("env" in step)) return step;
      const env: Record<string, string> = {};
      const keys: Record<string, string> = {};
      for (const [name, value] of Object.entries(step.env)) {
        const place = spotKey([list, index, "env", name]);
        const from = uses.filter(({ path }) => spotKey(path) === place).map((use) => use.name);
        if (!isSecretEnv(name, value, from, secretNames)) {
          env[name] = value;
          continue;
        }
        const key = `${step.id}.env.${name}`;
        keys[name] = key;
        vault.set(key, value);
      }
      if (Object.keys(keys).length > 0) secretEnv.set(step.id, keys);
      return { ...step, env };
    });
  return { runbook: { ...data, "bring-up": hidden("bring-up"), steps: hidden("steps") }, secretEnv, vault };
}
