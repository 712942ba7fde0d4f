import { parseSize } from "../base/size.ts";
import { didYouMean } from "../base/suggest.ts";
import type { Problem } from "./problem.ts";
import { isRecord, listOf, recordOf, textOf } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import { crossCheckHosts, storeHostProblems } from "./cross-check-hosts.ts";
import { type DocPath, spotKey } from "./source-document.ts";
import { NOT_WHERE, type StoreDeclaration } from "./store-kinds/declaration.ts";
import { connectStore, declarationOf, storeSchema } from "./store-kinds/registry.ts";

/** What holds between the parts of a system.yaml and no schema can say. Runs on files with other errors too. */
export function crossCheckSystem(file: Resolved): Problem[] {
  const root = recordOf(file.value);
  const hosts = recordOf(root["hosts"]);
  const stores = Object.entries(recordOf(root["stores"]));
  const found = crossCheckHosts(file);
  for (const [name, store] of stores)
    if (isRecord(store)) found.push(...storeProblems(file, name, store, hosts));
  if (isRecord(root["stores"]) && stores.length === 0)
    found.push(file.document.problem(file.document.keyAt(["stores"]), "a system needs at least one store"));
  for (const [i, receiver] of listOf(root["notify"]).entries())
    found.push(...notifyProblems(file, ["notify", i, "url"], textOf(recordOf(receiver)["url"])));
  return found;
}

/** The address itself is never told: whoever has it can write there. */
function notifyProblems(file: Resolved, path: DocPath, url: string | undefined): Problem[] {
  const { document } = file;
  if (url === undefined || file.isOpen(path)) return [];
  const says = (message: string, severity?: "warning"): Problem[] => [
    document.problem(document.valueAt(path), message, severity),
  ];
  if (url.trim() === "") return says("the address is empty: nobody is called", "warning");
  if (!/^https?:\/\/[^/]/.test(url.trim())) return says("the address has to begin with https:// or http://");
  const isWritten = file.uses.every((use) => spotKey(use.path) !== spotKey(path));
  return isWritten
    ? says(
        "the address is written in the file, and whoever has it can write there: give it as ${NAME:-}",
        "warning",
      )
    : [];
}

function storeProblems(
  file: Resolved,
  name: string,
  store: Record<string, unknown>,
  hosts: Record<string, unknown>,
): Problem[] {
  const path = ["stores", name];
  const declaration = declarationOf(store["kind"]);
  const found = storeHostProblems(file, [...path, "host"], store, hosts);
  if (declaration !== undefined) found.push(...kindProblems(file, name, store, declaration));
  for (const [i, entry] of listOf(store["backups"]).entries())
    found.push(...backupProblems(file, [...path, "backups", i], recordOf(entry)));
  return found;
}

function kindProblems(
  file: Resolved,
  name: string,
  store: Record<string, unknown>,
  declaration: StoreDeclaration,
): Problem[] {
  const { document } = file;
  const path = ["stores", name];
  const own = (declaration.problems?.(store) ?? [])
    .filter(({ at }) => !file.isOpen([...path, at]))
    .map(({ at, says, on }) => {
      const place = on === "key" ? document.keyAt([...path, at]) : document.valueAt([...path, at]);
      return document.problem(place, says);
    });
  const secret = [...declaration.secretKeys, ...Object.keys(declaration.secretUrls)];
  const literal = secret.filter((key) => hasLiteralSecret(file, [...path, key], store[key], declaration));
  const written = literal.map((key) =>
    document.problem(document.valueAt([...path, key]), literalSecret(key), "warning"),
  );
  return [...own, ...written, ...connectionProblems(file, name, store)];
}

const literalSecret = (key: string): string =>
  `a ${["password", "url"].includes(key) ? "password" : "secret"} is written in the file: put it into the environment or a dotenv file, and write \${NAME} here`;

/** A secret in the file itself, where everybody who can read the repository can read it. */
function hasLiteralSecret(
  file: Resolved,
  path: DocPath,
  value: unknown,
  { secretUrls }: StoreDeclaration,
): boolean {
  const text = textOf(value) ?? "";
  const uses = file.uses.filter((use) => spotKey(use.path) === spotKey(path));
  const inUrl = secretUrls[String(path.at(-1))];
  if (inUrl === undefined) return text !== "" && uses.length === 0;
  const { at } = inUrl(text);
  return at !== undefined && !uses.some((use) => use.start < at.end && use.end > at.start);
}

function connectionProblems(file: Resolved, name: string, store: Record<string, unknown>): Problem[] {
  const { document } = file;
  const parsed = storeSchema.safeParse(store);
  const where = Object.keys(store).filter((key) => !NOT_WHERE.has(key));
  if (!parsed.success || where.some((key) => file.isOpen(["stores", name, key]))) return [];
  const made = connectStore(name, parsed.data);
  const place = (at: string) =>
    store[at] === undefined || at === "kind"
      ? document.keyAt(["stores", name])
      : document.valueAt(["stores", name, at]);
  if ("fault" in made) return [document.problem(place(made.at), made.fault)];
  return made.remarks.map((says) => document.problem(place("url"), says, "warning"));
}

const PLACEHOLDERS = ["{tier}", "{timestamp}"];

function backupProblems(file: Resolved, path: DocPath, entry: Record<string, unknown>): Problem[] {
  const { document } = file;
  const found: Problem[] = [];
  const at = [...path, "path"];
  const pattern = textOf(entry["path"]);
  if (pattern !== undefined) {
    // A variable's own ${NAME}, kept when it is unset, is no placeholder.
    const words: string[] = pattern.replaceAll(/\$\{[^}]*\}/g, "").match(/\{[^{}]*\}/g) ?? [];
    for (const word of words.filter((w) => !PLACEHOLDERS.includes(w)))
      found.push(
        document.problem(
          document.textAt(at, word),
          `unknown placeholder "${word}"${didYouMean(word, PLACEHOLDERS)}`,
        ),
      );
    if (words.filter((word) => word === "{timestamp}").length > 1)
      found.push(document.problem(document.valueAt(at), "{timestamp} stands in the path twice"));
    if (!words.includes("{timestamp}") && !file.isOpen(at))
      found.push(
        document.problem(
          document.valueAt(at),
          "the path has no {timestamp}: without it nobody can tell how old a backup is",
        ),
      );
  }
  return [...found, ...sizeProblems(file, [...path, "usual-size"], recordOf(entry["usual-size"]))];
}

function sizeProblems(file: Resolved, path: DocPath, size: Record<string, unknown>): Problem[] {
  const { document } = file;
  const bytes = (key: string): number | undefined => parseSize(textOf(size[key]) ?? "");
  const bad = ["min", "max"].filter(
    (k) => textOf(size[k]) !== undefined && bytes(k) === undefined && !file.isOpen([...path, k]),
  );
  const found = bad.map((key) =>
    document.problem(
      document.valueAt([...path, key]),
      `"${textOf(size[key])}" is not a size such as "5MB" or "1.5GB"`,
    ),
  );
  if ((bytes("min") ?? 0) > (bytes("max") ?? Infinity))
    found.push(document.problem(document.valueAt([...path, "min"]), '"min" is more than "max"'));
  return found;
}
