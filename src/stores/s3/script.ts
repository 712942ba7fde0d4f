import { shellWord } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import type { S3Remote } from "../../runbook/store-kinds/s3.ts";
import type { Place, S3Tool } from "./tool.ts";

/** The program that does the work, and the servers it speaks to. */
export interface Tooling {
  tool: S3Tool;
  remotes: readonly S3Remote[];
  /** The folder of a restore's lists, $L in its scripts. */
  lists?: string;
}

/** Every step may be written in the manner of a careful person: stop at the first error, leave no file behind. */
const PROLOGUE = [
  "set -eu",
  "LC_ALL=C; export LC_ALL",
  "TAB=$(printf '\\t')",
  `T=$(mktemp -d); trap 'rm -rf "$T"' EXIT; trap 'exit 143' HUP INT TERM`,
];

/**
 * Of a server that has gone away these programs try every single object, for hours: a program whose complaints nobody
 * reads any more ends at the next one.
 */
const FEW_ERRORS =
  'few() { rm -f "$T/ended"; { "$@" && : > "$T/ended"; } 2>&1 >&3 | head -n 10 >&2; [ -e "$T/ended" ]; } 3>&1';

/** Lines of shell as one command; with a token, which it prints when it has come to its end. */
export function script({ tool, remotes, lists }: Tooling, lines: readonly string[], token?: string): Command {
  const all = [
    ...PROLOGUE,
    ...(lists === undefined ? [] : [`L=${shellWord(lists)}`]),
    ...(lines.some((line) => line.includes("few ")) ? [FEW_ERRORS] : []),
    ...tool.begin(remotes),
    ...lines,
    ...(token === undefined ? [] : [`echo ${token}`]),
  ];
  return {
    argv: ["sh", "-c", all.join("\n")],
    ...tool.env(remotes),
    ...(token === undefined ? {} : { token }),
  };
}

/** The sorted key lines of all objects of a place, in the file `out`. */
export const listing = ({ tool }: Tooling, at: Place, out: string): string[] => [
  ...tool.list(at, '"$T/unsorted"'),
  `sort "$T/unsorted" > ${out}`,
];

/** Names shown of each kind of difference. */
const NAMED = 10;

/**
 * Joins two sorted lists of key lines and prints what is different: "! <kind> <number> <bytes>" for each of missing,
 * extra, size, content, unknown (no md5 on one side) and same, with "<kind>\t<key>" of the first of each.
 */
export const comparison = (wanted: string, found: string): string =>
  `join -t "$TAB" -a 1 -a 2 -e - -o 0,1.2,1.3,2.2,2.3 ${wanted} ${found} | awk -F "$TAB" '
function note(kind, bytes) { n[kind]++; b[kind] += bytes; if (kind !~ /same|unknown/ && n[kind] <= ${NAMED}) print kind "\\t" $1 }
$4 == "-" { note("missing", $2); next }
$2 == "-" { note("extra", $4); next }
$2 != $4 { note("size", $4); next }
$3 == "-" || $5 == "-" { note("unknown", $4); next }
$3 != $5 { note("content", $4); next }
{ note("same", $4) }
END { split("missing extra size content unknown same", kinds, " "); for (i = 1; i <= 6; i++) printf "! %s %d %.0f\\n", kinds[i], n[kinds[i]], b[kinds[i]] }'`;

/** Splits two sorted lists into files of a folder: what the second lacks, what it has besides, what is different in both. */
export const split = (wanted: string, found: string, folder: string): string[] => [
  `join -t "$TAB" -v 1 ${wanted} ${found} > ${folder}/created`,
  `join -t "$TAB" -v 2 ${wanted} ${found} > ${folder}/deleted`,
  `join -t "$TAB" -o 0,2.2,2.3,1.2,1.3 ${wanted} ${found} | awk -F "$TAB" '$2 != $4 || $3 == "-" || $3 != $5' | cut -f 1-3 > ${folder}/overwritten`,
];

/** Keys that only the built-in client tells without loss: slashes at either end or doubled, dots alone, control characters. */
export const ODD =
  '$1 ~ /^\\/|\\/$|\\/\\/|%[01][0-9A-F]|%7F/ || $1 ~ /(^|\\/)\\.\\.?(\\/|$)/ || index($1, "\\342\\220") || index($1, "\\342\\200\\233")';
