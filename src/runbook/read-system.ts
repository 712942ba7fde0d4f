import { basename, join } from "node:path";
import { type Connection, connect, passwordKey } from "./connection.ts";
import { crossCheckSystem } from "./cross-check-system.ts";
import type { Lookup } from "./interpolate.ts";
import type { Problem } from "./problem.ts";
import { readSource, type Source } from "./read-source.ts";
import { resolve, type Resolved, type UnsetVariable } from "./resolved.ts";
import { secretUseProblems, secretVariables, withoutSecretValues } from "./secrets.ts";
import { checkShape } from "./shape.ts";
import { type System, systemSchema } from "./system-schema.ts";
import { type Env, readVariables } from "./variables.ts";

/** All that is known of a system.yaml, valid or not. */
export interface SystemFile {
  name: string;
  folder: string;
  source: Source;
  resolved: Resolved;
  /** undefined when the file has errors. Stores hold no url and no password, receivers no url: see `connections`, `vault`. */
  system: System | undefined;
  connections: ReadonlyMap<string, Connection>;
  /** Vault key (`<store>.password`) → secret. Never to be written anywhere. */
  vault: ReadonlyMap<string, string>;
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
  return {
    name: basename(folder),
    folder,
    source,
    resolved,
    ...(data === undefined ? NOTHING : withoutSecrets(data, resolved)),
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

/** The vault key of a receiver's address, by its place in the list. */
export const notifyKey = (at: number): string => `notify.${at}.url`;

const NOTHING = { system: undefined, connections: new Map(), vault: new Map() };

function withoutSecrets(
  data: System,
  resolved: Resolved,
): { system: System; connections: Map<string, Connection>; vault: Map<string, string> } {
  const connections = new Map<string, Connection>();
  const vault = new Map<string, string>();
  const stores: System["stores"] = {};
  for (const [name, store] of Object.entries(data.stores)) {
    const { url: _url, password: _password, ...bare } = store;
    stores[name] = bare;
    const parts = ["url", "server", "port", "user", "password", "database"];
    if (parts.some((part) => resolved.isOpen(["stores", name, part]))) continue;
    const made = connect(name, store);
    if ("fault" in made) continue;
    connections.set(name, made.connection);
    if (made.password === undefined) continue;
    vault.set(passwordKey(name), made.password);
    // As it stands in the URL, so that redaction knows it in either form.
    const encoded = encodeURIComponent(made.password);
    if (encoded !== made.password) vault.set(`${passwordKey(name)}.encoded`, encoded);
  }
  const notify = data.notify.map((receiver, at) => {
    const url = receiver.url.trim();
    if (url !== "" && !resolved.isOpen(["notify", at, "url"])) vault.set(notifyKey(at), url);
    return { ...receiver, url: "" };
  });
  return {
    system: { ...data, hosts: { local: { kind: "local" }, ...data.hosts }, stores, notify },
    connections,
    vault,
  };
}
