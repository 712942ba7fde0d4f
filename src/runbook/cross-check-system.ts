import { parseSize } from "../base/size.ts";
import { didYouMean } from "../base/suggest.ts";
import { connect } from "./connection.ts";
import { isPort, parsePostgresUrl } from "./postgres-url.ts";
import type { Problem } from "./problem.ts";
import { isRecord, listOf, recordOf, textOf } from "./raw.ts";
import type { Resolved } from "./resolved.ts";
import { type DocPath, spotKey } from "./source-document.ts";
import { storeSchema } from "./system-schema.ts";

/** What holds between the parts of a system.yaml and no schema can say. Runs on files with other errors too. */
export function crossCheckSystem(file: Resolved): Problem[] {
  const root = recordOf(file.value);
  const hosts = ["local", ...Object.keys(recordOf(root["hosts"])).filter((name) => name !== "local")];
  const stores = Object.entries(recordOf(root["stores"]));
  const found = stores.flatMap(([name, store]) =>
    isRecord(store) ? storeProblems(file, name, store, hosts) : [],
  );
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
  hosts: string[],
): Problem[] {
  const { document } = file;
  const path = ["stores", name];
  const found: Problem[] = [];
  const host = textOf(store["host"]);
  if (host !== undefined && !file.isOpen([...path, "host"]) && !hosts.includes(host))
    found.push(
      document.problem(
        document.valueAt([...path, "host"]),
        `unknown host "${host}"${didYouMean(host, hosts)}`,
      ),
    );
  if (store["kind"] === "postgres") found.push(...postgresProblems(file, name, store));
  for (const [i, entry] of listOf(store["backups"]).entries())
    found.push(...backupProblems(file, [...path, "backups", i], recordOf(entry)));
  return found;
}

function postgresProblems(file: Resolved, name: string, store: Record<string, unknown>): Problem[] {
  const { document } = file;
  const path = ["stores", name];
  const found: Problem[] = [];
  if (store["url"] !== undefined) {
    for (const part of ["server", "port", "user"].filter((key) => store[key] !== undefined))
      found.push(
        document.problem(
          document.keyAt([...path, part]),
          `"${part}" and "url" are both given: keep one of them`,
        ),
      );
  }
  const port = typeof store["port"] === "number" ? String(store["port"]) : textOf(store["port"]);
  if (port !== undefined && !file.isOpen([...path, "port"]) && !isPort(port))
    found.push(
      document.problem(document.valueAt([...path, "port"]), "the port is not a number from 1 to 65535"),
    );
  for (const part of ["password", "url"].filter((key) =>
    hasLiteralPassword(file, [...path, key], store[key]),
  ))
    found.push(document.problem(document.valueAt([...path, part]), LITERAL_PASSWORD, "warning"));
  return [...found, ...connectionProblems(file, name, store)];
}

const LITERAL_PASSWORD =
  "a password is written in the file: put it into the environment or a dotenv file, and write ${NAME} here";

/** A password in the file itself, where everybody who can read the repository can read it. */
function hasLiteralPassword(file: Resolved, path: DocPath, value: unknown): boolean {
  const text = textOf(value) ?? "";
  const uses = file.uses.filter((use) => spotKey(use.path) === spotKey(path));
  if (path.at(-1) === "password") return text !== "" && uses.length === 0;
  const at = parsePostgresUrl(text).url?.passwordAt;
  return at !== undefined && !uses.some((use) => use.start < at.end && use.end > at.start);
}

function connectionProblems(file: Resolved, name: string, store: Record<string, unknown>): Problem[] {
  const { document } = file;
  const parsed = storeSchema.safeParse(store);
  if (!parsed.success || ["url", "database"].some((part) => file.isOpen(["stores", name, part]))) return [];
  const made = connect(name, parsed.data);
  if ("fault" in made) {
    const place =
      made.at === "url" ? document.valueAt(["stores", name, "url"]) : document.keyAt(["stores", name]);
    return [
      document.problem(
        place,
        made.at === "url" ? made.fault : 'no database is named: give "url" or "database"',
      ),
    ];
  }
  return made.remarks.map((says) =>
    document.problem(document.valueAt(["stores", name, "url"]), says, "warning"),
  );
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
