import type { EnvFile } from "../look/env-file.ts";
import { asVariable } from "../look/compose-file.ts";
import { guess, type Value } from "../draft.ts";
import type { Candidate } from "./candidate.ts";

/** What is known of one setting of a store: from its service's environment, the env files, the procedure. */
export interface Setting {
  /** As system.yaml has it; undefined when nothing is known. */
  value: Value | undefined;
}

/** The name of a variable of the env files that fits, the first pattern first. */
export function variableIn(env: readonly EnvFile[], patterns: readonly RegExp[]): string | undefined {
  const names = env.flatMap((file) => Object.keys(file.values));
  for (const pattern of patterns) {
    const name = names.find((candidate) => pattern.test(candidate));
    if (name !== undefined) return name;
  }
  return undefined;
}

/** The name of a variable that holds a URL of one of these schemes. */
export function urlVariableIn(env: readonly EnvFile[], scheme: RegExp): string | undefined {
  const found = env.flatMap((file) => Object.entries(file.urls)).filter(([, url]) => scheme.test(url.scheme));
  return (found.find(([name]) => /^(?:DATABASE|POSTGRES|PG|DB|MONGO(?:DB)?|REDIS)_?UR[LI]$/.test(name)) ??
    found[0])?.[0];
}

/** The value of a service's environment as a reference: what compose itself would put there, for system.yaml. */
export function fromService({ service }: Candidate, names: readonly string[]): string | undefined {
  const name = names.find((candidate) => service?.environment[candidate] !== undefined);
  return name === undefined ? undefined : asVariable(service?.environment[name] ?? "");
}

/** The same as a plain word: the default of a variable counts. */
export function plainFromService(candidate: Candidate, names: readonly string[]): string | undefined {
  return fromService(candidate, names)?.replace(/^\$\{\w+:-([^}]*)\}$/, "$1");
}

/** A secret of a service, only ever as ${NAME}: its value, or a default beside it, is not copied. */
export function secretFromService(candidate: Candidate, names: readonly string[]): Value | undefined {
  const name = names.find((wanted) => candidate.service?.environment[wanted] !== undefined);
  const written = name === undefined ? undefined : asVariable(candidate.service?.environment[name] ?? "");
  if (name === undefined || written === undefined) return undefined;
  const variable = /^\$\{(\w+)(:-)?[^}]*\}$/.exec(written);
  if (variable?.[1] === undefined)
    return guess(`\${${name}}`, `${candidate.from} has the secret itself; it is not copied: set ${name}`);
  if (variable[2] !== undefined)
    return guess(
      `\${${variable[1]}}`,
      `${candidate.from} has a default for it, which is not copied: set ${variable[1]}`,
    );
  return `\${${variable[1]}}`;
}

/** `${NAME:-default}` for a variable of the env files whose value may be shown, else `${NAME}`. */
export function reference(env: readonly EnvFile[], name: string, fallback?: string): string {
  const value =
    env.map((file) => file.values[name]).find((known) => known !== undefined && known !== "") ?? fallback;
  return value === undefined || /[{}]/.test(value) ? `\${${name}}` : `\${${name}:-${value}}`;
}

/** The port under which a server's own port is published on this machine. */
export function publishedPort({ service }: Candidate, inside: string): string | undefined {
  const port = service?.ports.find((one) => one.inside === inside || one.inside.endsWith(`:-${inside}}`));
  return port === undefined ? undefined : asVariable(port.outside);
}

/** Databases that every server has. */
export const SERVERS_OWN = /^(?:postgres|template[01]|admin|local|config|system|default|_internal)$/;

/** "shop_check", "restore_test": a name for a copy of another database. */
export const isCopyName = (name: string): boolean =>
  /(?:^|[_-])(?:tests?|te?mp|restor\w*|verif\w*|drill|check|scratch|staging|copy|clone|new|old|bak|backup|recover\w*|pitr|dr)(?:[_-]|\d|$)/i.test(
    name,
  );

/** The first thing the procedure's commands say under a key. */
export function saidOf<
  K extends
    | "subject"
    | "user"
    | "server"
    | "port"
    | "endpoint"
    | "urlVariable"
    | "passwordVariable"
    | "accessVariable"
    | "secretVariable",
>({ said }: Candidate, key: K): string | undefined {
  const values = said.flatMap((one) => one[key] ?? []).filter((known) => !/[<>]/.test(known));
  // What most commands say; the server's own database is where CREATE is run from, a copy is made to be looked at.
  const own = key === "subject" ? values.filter((known) => !SERVERS_OWN.test(known)) : values;
  const live = key === "subject" ? own.filter((known) => !isCopyName(known)) : own;
  const counts = new Map<string, number>();
  for (const value of [live, own, values].find((some) => some.length > 0) ?? [])
    counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
  return most === undefined ? undefined : asVariable(most);
}
