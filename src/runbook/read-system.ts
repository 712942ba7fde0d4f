import { basename, join } from "node:path";
import { crossCheckSystem } from "./cross-check-system.ts";
import type { Lookup } from "./interpolate.ts";
import { hostSecrets, type Place, placesOf } from "./place.ts";
import type { Problem } from "./problem.ts";
import { recordOf } from "./raw.ts";
import { readSource, type Source } from "./read-source.ts";
import { resolve, type Resolved, type UnsetVariable } from "./resolved.ts";
import { isSecretEnv, secretUseProblems, secretVariables, withoutSecretValues } from "./secrets.ts";
import { checkShape } from "./shape.ts";
import { NOT_WHERE, secretKey } from "./store-kinds/declaration.ts";
import {
  type Connection,
  connectStore,
  declarationOf,
  type Store,
  storeSchema,
} from "./store-kinds/registry.ts";
import { type System, systemSchema } from "./system-schema.ts";
import { type Env, readVariables } from "./variables.ts";

/** All that is known of a system.yaml, valid or not. */
export interface SystemFile {
  name: string;
  folder: string;
  source: Source;
  resolved: Resolved;
  /** undefined when the file has errors. Stores hold no secret key and no url that may hold one, receivers no url: see `connections`, `vault`. */
  system: System | undefined;
  connections: ReadonlyMap<string, Connection>;
  /** Every host whose settings are known, `local` among them. */
  places: ReadonlyMap<string, Place>;
  /** Vault key (`<store>.<key>`) → secret. Never to be written anywhere. */
  vault: ReadonlyMap<string, string>;
  /** What of the environment this file asks for, for whoever is to read it again: values, and vault keys of secrets. */
  given: { env: Readonly<Record<string, string>>; secrets: Readonly<Record<string, string>> };
  /** The environment over the dotenv files. */
  lookup: Lookup;
  /** Names of variables whose values are secrets. */
  secretNames: ReadonlySet<string>;
  dotenvFiles: readonly string[];
  unset: readonly UnsetVariable[];
  problems: readonly Problem[];
}

export const SYSTEM_FILE = "system.yaml";

/** Reads `<folder>/system.yaml`. Throws only what the file system throws. */
export async function readSystem(folder: string, env: Env): Promise<SystemFile> {
  const { document, source } = await readSource(join(folder, SYSTEM_FILE));
  const variables = await readVariables(document, folder, env);
  const resolved = resolve(document, variables.lookup);
  // A dotenv file that cannot be named is a warning of its own; what it would have set is missed where it is used.
  const unset = resolved.unset.filter((variable) => variable.inside[0] !== "env");
  const { data, problems } = checkShape("system", systemSchema, resolved);
  const secretNames = secretVariables(resolved);
  const all = [
    ...document.problems,
    ...resolved.problems,
    ...variables.problems,
    ...problems,
    ...crossCheckSystem(resolved),
  ];
  const given = givenOf(resolved, env, secretNames);
  const made = data === undefined ? NOTHING : withoutSecrets(data, resolved);
  return {
    name: basename(folder),
    folder,
    source,
    resolved,
    ...made,
    vault: new Map([...made.vault, ...given.vault]),
    given,
    lookup: variables.lookup,
    secretNames,
    dotenvFiles: variables.files,
    unset,
    problems: [
      ...withoutSecretValues(all, resolved, secretNames),
      ...secretUseProblems(resolved, secretNames),
    ],
  };
}

/** Variables that come from the environment; those of dotenv files are found again by themselves. */
function givenOf(
  { uses }: Resolved,
  environment: Env,
  secretNames: ReadonlySet<string>,
): SystemFile["given"] & { vault: Map<string, string> } {
  const env: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  const vault = new Map<string, string>();
  for (const name of new Set(uses.map((use) => use.name))) {
    const value = environment[name];
    if (value === undefined) continue;
    if (isSecretEnv(name, value, [name], secretNames)) {
      secrets[name] = `environment.${name}`;
      vault.set(`environment.${name}`, value);
    } else env[name] = value;
  }
  return { env, secrets, vault };
}

/** The vault key of a receiver's address, by its place in the list. */
export const notifyKey = (at: number): string => `notify.${at}.url`;

const NOTHING = { system: undefined, connections: new Map(), places: new Map(), vault: new Map() };

function withoutSecrets(
  data: System,
  resolved: Resolved,
): {
  system: System;
  connections: Map<string, Connection>;
  places: Map<string, Place>;
  vault: Map<string, string>;
} {
  const connections = new Map<string, Connection>();
  const vault = new Map<string, string>();
  const stores: System["stores"] = {};
  for (const [name, store] of Object.entries(data.stores)) {
    stores[name] = withoutSecretKeys(store);
    const where = Object.keys(store).filter((key) => !NOT_WHERE.has(key));
    if (where.some((key) => resolved.isOpen(["stores", name, key]))) continue;
    const made = connectStore(name, store);
    if ("fault" in made) continue;
    connections.set(name, made.connection);
    for (const [key, value] of Object.entries(made.secrets)) {
      vault.set(secretKey(name, key), value);
      // As it stands in a URL, so that redaction knows it in either form.
      const encoded = encodeURIComponent(value);
      if (encoded !== value) vault.set(`${secretKey(name, key)}.encoded`, encoded);
    }
  }
  const written = knownHosts(resolved);
  for (const [key, value] of hostSecrets(written)) vault.set(key, value);
  const notify = data.notify.map((receiver, at) => {
    const url = receiver.url.trim();
    if (url !== "" && !resolved.isOpen(["notify", at, "url"])) vault.set(notifyKey(at), url);
    return { ...receiver, url: "" };
  });
  return {
    system: { ...data, hosts: withoutEnv(data.hosts), stores, notify },
    connections,
    places: placesOf(written),
    vault,
  };
}

/** Hosts as the file has them, without those that lack a variable. */
function knownHosts(resolved: Resolved): Record<string, unknown> {
  const hosts = recordOf(recordOf(resolved.value)["hosts"]);
  const open = new Set(resolved.unset.flatMap(({ inside: [top, id] }) => (top === "hosts" ? [id] : [])));
  return Object.fromEntries(Object.entries(hosts).filter(([id]) => !open.has(id)));
}

function withoutEnv(hosts: System["hosts"]): System["hosts"] {
  return Object.fromEntries(
    Object.entries(hosts).map(([id, host]) => [id, "env" in host ? { ...host, env: {} } : host]),
  );
}

function withoutSecretKeys(store: Store): Store {
  const { secretKeys, secretUrls } = declarationOf(store.kind) ?? { secretKeys: [], secretUrls: {} };
  const hidden = new Set([...secretKeys, ...Object.keys(secretUrls)]);
  return storeSchema.parse(Object.fromEntries(Object.entries(store).filter(([key]) => !hidden.has(key))));
}
