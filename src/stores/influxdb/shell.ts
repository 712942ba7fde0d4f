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

/** All files of each shard in one sum a line: a restore numbers shards, and perhaps their files, anew. */
const sums: Make = () => `sums() { for f in "$1"/*.tar.gz "$1"/*.[0-9][0-9]; do case $f in
  *'*'* | */meta.[0-9][0-9]) ;; *.gz) gunzip -c "$f" | tar -xO | sha256sum ;; *) tar -xOf "$f" | sha256sum ;;
esac; done | sort; }`;

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
const ready: Make =
  () => `touched() { policies "$1" | sed 's|.*|SELECT first(*) FROM "&"./.*/;|' | ask -database "$1" >/dev/null; }
ready() { n=0; until touched "$1" 2>/dev/null; do
  n=$((n + 1)); [ $n -lt 150 ] || { touched "$1" || echo "$1 was restored and cannot be read" >&2; exit 1; }; sleep 0.2; done; }`;

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
const same: Make = () => `same() { sums "$keep" > "$w/files"
  if [ -s "$w/files" ] && files "$live" "$w/live" && files "$kept" "$w/kept" && cmp -s "$w/files" "$w/live" && cmp -s "$w/files" "$w/kept"; then return 0; fi
  counts "$live" > "$w/live" && counts "$kept" > "$w/kept" && cmp -s "$w/live" "$w/kept"; }`;

const FUNCTIONS = {
  ask: { needs: [], make: askFunction },
  there: { needs: ["ask"], make: there },
  backup: { needs: [], make: backup },
  sums: { needs: [], make: sums },
  named: { needs: [], make: named },
  restore: { needs: [], make: restore },
  policies: { needs: ["ask"], make: policies },
  ready: { needs: ["ask", "policies"], make: ready },
  counts: { needs: ["ask", "policies"], make: counts },
  files: { needs: ["backup", "sums"], make: files },
  same: { needs: ["ask", "backup", "sums", "policies", "counts", "files"], make: same },
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
