import type { Use } from "./interpolate.ts";
import type { Problem } from "./problem.ts";
import { lookInto, textOf } from "./raw.ts";
import { STEP_LISTS } from "./runbook-schema.ts";
import type { Resolved } from "./resolved.ts";
import type { DocPath } from "./source-document.ts";
import type { UrlSecret } from "./store-kinds/declaration.ts";
import { declarationOf } from "./store-kinds/registry.ts";

/** Names of the variables that end up in a store's password, the password part of its url, or where somebody is called. */
export function secretVariables(system: Resolved): Set<string> {
  return new Set(system.uses.filter((use) => isSecretUse(use, system.value)).map((use) => use.name));
}

function isSecretUse(use: Use, value: unknown): boolean {
  const place = secretPlace(use.path, value);
  if (place === undefined || place === "whole") return place === "whole";
  const { at, fault } = place(textOf(lookInto(value, use.path)) ?? "");
  // In a URL that cannot be taken apart any piece may be the password.
  if (fault !== undefined) return true;
  return at !== undefined && use.start < at.end && use.end > at.start;
}

/** Whether all of a value is secret, or where the secret stands in it; undefined where none can be. */
function secretPlace(path: DocPath, value: unknown): "whole" | ((url: string) => UrlSecret) | undefined {
  // The environment of the programs that lead to a host.
  if (path.length === 4 && path[0] === "hosts" && path[2] === "env") return "whole";
  if (path.length !== 3) return undefined;
  const key = String(path[2]);
  if (path[0] === "notify") return key === "url" ? "whole" : undefined;
  if (path[0] !== "stores") return undefined;
  const declaration = declarationOf(lookInto(value, [...path.slice(0, 2), "kind"]));
  if (declaration?.secretKeys.includes(key) ?? key === "password") return "whole";
  // Of a kind nobody knows a url is as good as secret.
  return declaration === undefined && key === "url" ? "whole" : declaration?.secretUrls[key];
}

const isStepEnv = (path: DocPath): boolean =>
  path.length === 4 && STEP_LISTS.some((list) => list === path[0]) && path[2] === "env";

/** Secrets used where they would be shown: titles, argv, SQL. Only url, password and a step's env keep them hidden. */
export function secretUseProblems(file: Resolved, secretNames: ReadonlySet<string>): Problem[] {
  return file.uses
    .filter(
      (use) =>
        secretNames.has(use.name) && secretPlace(use.path, file.value) === undefined && !isStepEnv(use.path),
    )
    .map((use) =>
      file.document.problem(
        file.document.textAt(use.path, use.written),
        `${use.name} holds a password and would be shown here: give it to the step's env instead`,
      ),
    );
}

export const SECRET_NAME =
  /PASS(WORD|WD|PHRASE)?$|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL|_DSN$/i;
const URL_WITH_PASSWORD = /:\/\/[^/\s:@]*:[^@\s]+@|[?&]password=/;

/** Whether a step's environment variable must stay out of the plan: by its name, its value, or what it was made from. */
export function isSecretEnv(
  name: string,
  value: string,
  madeFrom: readonly string[],
  secretNames: ReadonlySet<string>,
): boolean {
  return madeFrom.some((n) => secretNames.has(n)) || SECRET_NAME.test(name) || URL_WITH_PASSWORD.test(value);
}

/** Findings about a file in which a secret stands where it would be shown must not show it either. */
export function withoutSecretValues(
  problems: readonly Problem[],
  file: Resolved,
  secretNames: ReadonlySet<string>,
): Problem[] {
  const values = file.uses
    .filter(
      (use) =>
        secretNames.has(use.name) && secretPlace(use.path, file.value) === undefined && !isStepEnv(use.path),
    )
    .flatMap((use) => (use.value ? [use.value] : []));
  return problems.map((problem) => ({
    ...problem,
    message: values.reduce((message, value) => message.replaceAll(value, "(secret)"), problem.message),
  }));
}
