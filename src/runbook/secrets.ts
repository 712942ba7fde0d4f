import type { Use } from "./interpolate.ts";
import { parsePostgresUrl } from "./postgres-url.ts";
import type { Problem } from "./problem.ts";
import { lookInto, textOf } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import type { DocPath } from "./source-document.ts";

/** Names of the variables that end up in a store's password, the password part of its url, or where somebody is called. */
export function secretVariables(system: Resolved): Set<string> {
  return new Set(system.uses.filter((use) => isSecretUse(use, system.value)).map((use) => use.name));
}

function isSecretUse(use: Use, value: unknown): boolean {
  if (!isSecretPlace(use.path)) return false;
  if (use.path[2] === "password" || use.path[0] === "notify") return true;
  const text = textOf(lookInto(value, use.path)) ?? "";
  const { url, fault } = parsePostgresUrl(text);
  // In a URL that cannot be taken apart any piece may be the password.
  if (fault !== undefined) return true;
  return url.passwordAt !== undefined && use.start < url.passwordAt.end && use.end > url.passwordAt.start;
}

const isSecretPlace = (path: DocPath): boolean =>
  path.length === 3 &&
  ((path[0] === "stores" && (path[2] === "password" || path[2] === "url")) ||
    (path[0] === "notify" && path[2] === "url"));

const isStepEnv = (path: DocPath): boolean => path.length === 4 && path[0] === "steps" && path[2] === "env";

/** Secrets used where they would be shown: titles, argv, SQL. Only url, password and a step's env keep them hidden. */
export function secretUseProblems(file: Resolved, secretNames: ReadonlySet<string>): Problem[] {
  return file.uses
    .filter((use) => secretNames.has(use.name) && !isSecretPlace(use.path) && !isStepEnv(use.path))
    .map((use) =>
      file.document.problem(
        file.document.textAt(use.path, use.written),
        `${use.name} holds a password and would be shown here: give it to the step's env instead`,
      ),
    );
}

const SECRET_NAME = /PASS(WORD|WD|PHRASE)?$|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL|_DSN$/i;
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
    .filter((use) => secretNames.has(use.name) && !isSecretPlace(use.path) && !isStepEnv(use.path))
    .flatMap((use) => (use.value ? [use.value] : []));
  return problems.map((problem) => ({
    ...problem,
    message: values.reduce((message, value) => message.replaceAll(value, "(secret)"), problem.message),
  }));
}
