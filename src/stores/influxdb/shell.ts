import { shellWord } from "../../base/quote.ts";
import type { InfluxdbConnection } from "../../runbook/store-kinds/influxdb-connection.ts";
import { askFunction, tell } from "./client.ts";
import { csvField, ident } from "./identifiers.ts";

/** Whether a database is there, for `if`. A server that does not answer ends the script: it is not "no". */
export const isThere = (database: string): string => `there ${shellWord(csvField(database))}`;

export const dropLine = (database: string): string => tell(`DROP DATABASE ${ident(database)}`);

type Make = (connection: InfluxdbConnection) => string;

const backupHost: Make = ({ backupAddress }) => `-host ${shellWord(backupAddress)}`;

const there: Make = () =>
  `there() { all=$(${tell("SHOW DATABASES")}) || exit 1; printf '%s\\n' "$all" | grep -Fqx "databases,$1"; }`;

/** backup <database> <new folder>; what influxd tells on its way goes to standard error. */
const backup: Make = (connection) =>
  `backup() { influxd backup -portable ${backupHost(connection)} -db "$1" "$2" >&2; }`;

/**
 * tree <folder>: a line for each shard in it with the sums of its files in the order of their names, sorted, as a restore
 * numbers shards anew; the artifact step writes the same of a backup. sha256sum does not use what processors have for it
 * (Debian 12's takes three times as long as openssl). Eight names at a time: their lines are written in one piece, so that
 * those of two processes do not mix. What cannot be read is an error: two lists that were cut alike would be equal.
 */
const tree: Make =
  () => String.raw`tree() { hash='sha256sum --'; if command -v openssl >/dev/null; then hash='openssl dgst -sha256 -r'; fi
  (cd "$1" && find . -type f -name '*.t[os]m*' -print0 | xargs -0 -r -n 8 -P 2 $hash) > "$w/lines" || return 1
  LC_ALL=C sort -k 2 "$w/lines" | awk '{ sub(/^\\/, ""); d = substr($0, 67); sub("/[^/]*$", "", d); if (NR > 1 && d != was) print all
    all = (NR > 1 && d == was ? all " " : "") substr($0, 1, 64); was = d } END { if (NR > 0) print all }' | LC_ALL=C sort; }`;

/** sums <folder of a backup>: the same of its shards, which are unpacked into $w, one at a time. */
const sums: Make = () => `sums() { : > "$w/trees"; for f in "$1"/*.tar.gz "$1"/*.[0-9][0-9]; do
  case $f in *'*'* | */meta.[0-9][0-9]) continue ;; *.gz) z=z ;; *) z= ;; esac
  rm -rf "$w/open"; mkdir "$w/open"; tar -x\${z}f "$f" -C "$w/open" || return 1
  tree "$w/open" >> "$w/trees" || return 1
done; rm -rf "$w/open"; LC_ALL=C sort "$w/trees"; }`;

/** What a backup calls the database it holds: the wanted name when it is among them, otherwise the only one. */
const named: Make =
  () => String.raw`named() { all=$(cat "$1"/*.manifest 2>/dev/null | sed -n 's/^ *"database": *"\(.*\)",*$/\1/p' | sort -u |
    sed -e 's/\\"/"/g' -e 's/\\u0026/\&/g' -e 's/\\u003c/</g' -e 's/\\u003e/>/g' -e 's/\\\\/\\/g')
  [ -n "$all" ] || all=$(ls "$1" | sed -n 's/^\(.*\)\.[^.]*\.[0-9]*\.[0-9][0-9]$/\1/p' | sort -u)
  if printf '%s\n' "$all" | grep -Fqx -e "$2"; then printf '%s\n' "$2"; return; fi
  [ "$(printf '%s\n' "$all" | grep -c .)" = 1 ] || { echo "the backup holds no database $2 but:" $all >&2; exit 1; }
  printf '%s\n' "$all"; }`;

/** restore <folder> <its database> <new name>. A running server takes legacy backups too. */
const restore: Make = (
  connection,
) => `restore() { how=-online; for f in "$1"/*.manifest; do [ ! -e "$f" ] || how=-portable; done
  influxd restore $how ${backupHost(connection)} -db "$2" -newdb "$3" "$1/"; }`;

/** policies <database>: names of its retention policies, a line each, ready to stand between double quotes. */
const policies: Make =
  () => String.raw`policies() { printf 'SHOW RETENTION POLICIES ON "%s"\n' "$(printf %s "$1" | sed 's/["\\]/\\&/g')" | ask |
  sed -e 1d -e 's/,[^,]*,[^,]*,[^,]*,[^,]*$//' -e 's/^"\(.*\)"$/\1/' -e 's/""/"/g' -e 's/["\\]/\\&/g'; }`;

/** A shard that was just restored is closed for a moment, and asking it is an error (engine is closed, shard is disabled). */
const ready: Make = () => `ready() { all=$(policies "$1" | sed 's|.*|SELECT first(*) FROM "&"./.*/;|'); n=0
until said=$(printf '%s\\n' "$all" | ask -database "$1" 2>&1 >/dev/null); do n=$((n + 1))
  [ $n -lt 600 ] || { printf '%s\\n' "$said" "$1 was restored and cannot be read" >&2; exit 1; }; sleep 0.05; done; }`;

/** Every value counted and every number summed. */
const counts: Make = () =>
  `counts() { policies "$1" | sed 's|.*|SELECT count(*) FROM "&"./.*/; SELECT sum(*) FROM "&"./.*/;|' | ask -database "$1"; }`;

/** files <database> <list>: the sums of its shards' files, read back from the server. */
const files: Make = () =>
  `files() { rm -rf "$w/back"; backup "$1" "$w/back" && sums "$w/back" > "$2" && rm -rf "$w/back"; }`;

/**
 * Whether the live database, the one that is kept and the files of the safety copy hold the same: byte for byte, or, where
 * the server has compacted something or points came, by every count and sum.
 */
const same: Make = () => `same() {
  if sums "$keep" > "$w/files" && [ -s "$w/files" ] && files "$live" "$w/live" && files "$kept" "$w/kept" && cmp -s "$w/files" "$w/live" && cmp -s "$w/files" "$w/kept"; then return 0; fi
  counts "$live" > "$w/live" && counts "$kept" > "$w/kept" && cmp -s "$w/live" "$w/kept"; }`;

const FUNCTIONS = {
  ask: { needs: [], make: askFunction },
  there: { needs: ["ask"], make: there },
  backup: { needs: [], make: backup },
  tree: { needs: [], make: tree },
  sums: { needs: ["tree"], make: sums },
  named: { needs: [], make: named },
  restore: { needs: [], make: restore },
  policies: { needs: ["ask"], make: policies },
  ready: { needs: ["ask", "policies"], make: ready },
  counts: { needs: ["ask", "policies"], make: counts },
  files: { needs: ["backup", "tree", "sums"], make: files },
  same: { needs: ["ask", "backup", "tree", "sums", "policies", "counts", "files"], make: same },
} as const satisfies Record<string, { needs: readonly string[]; make: Make }>;

export type ShellFunction = keyof typeof FUNCTIONS;

/**
 * For scripts that define `backup`: a backup in which no delete is left uncompacted, if there can be one. Deletes lie in files
 * of their own until then, a moment later; influxd restore leaves these out, and deleted points would come back (tried).
 */
export function compactedBackup(database: string, folder: string): string[] {
  return [
    `n=0; while :; do rm -rf ${folder}; backup ${database} ${folder}`,
    `  marks=$(for f in ${folder}/*.tar.gz; do [ ! -e "$f" ] || gunzip -c "$f" | tar -t; done | grep -c 'tombstone$' || :)`,
    `  n=$((n + 1)); if [ "$marks" = 0 ] || [ $n = 5 ]; then break; fi; sleep 2; done`,
  ];
}

/** Variables of a script, so that long names stand in it once. */
export function assign(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${shellWord(value)}`);
}

/** For scripts: a folder $w of their own for a while. */
export function scratchLine(folder: string): string {
  return `w=${shellWord(folder)}; rm -rf "$w"; mkdir -p -m 700 "$w"; trap 'rm -rf "$w"' EXIT; trap 'exit 1' HUP INT TERM`;
}

/** The definitions of shell functions and of those they need, each once. */
export function define(connection: InfluxdbConnection, names: readonly ShellFunction[]): string[] {
  const all = new Set(names.flatMap((name): ShellFunction[] => [...FUNCTIONS[name].needs, name]));
  return [...all].map((name) => FUNCTIONS[name].make(connection));
}
