import { shellWord } from "../../base/quote.ts";
import { listing, ODD, type Tooling } from "./script.ts";
import type { Place } from "./tool.ts";

/*
 * Shell lines of a backup; $W is its work folder with the lists before, after and keys. A bucket has no snapshot: what
 * others write meanwhile is told by listing it before and after.
 */

/** Sums of nothing, for keys that end in a slash: consoles make them to show an empty folder. */
const EMPTY =
  "d41d8cd98f00b204e9800998ecf8427e\\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The list of what the copy really holds, in $W/keys: of its files, or of its objects, each read. */
export function keysLines(tooling: Tooling, tree: string, other: Place | undefined): string[] {
  if (other === undefined)
    return [
      `lifeboat s3 tree ${shellWord(tree)} > "$W/files"`,
      `awk -F "$TAB" '$2 == 0 && $1 ~ "/$" { print $1 "\\t0\\t${EMPTY}" }' "$W/before" > "$W/folders"`,
      `sort "$W/files" "$W/folders" > "$W/keys"`,
    ];
  return [
    ...listing(tooling, other, '"$W/copied"'),
    `if [ -s "$W/copied" ]; then`,
    ...tooling.tool.sums(other, '"$W/copied"', '"$T/read"'),
    `else : > "$T/read"; fi`,
    `sort "$T/read" > "$W/sums"`,
    `join -t "$TAB" -a 1 -e - -o 0,1.2,1.3,2.2 "$W/copied" "$W/sums" > "$W/keys"`,
  ];
}

/** Whatever was in the bucket before and after, and did not change, has to be in the copy as it is there. */
export const proofLines = (bucket: string): string[] => [
  `[ -s "$W/keys" ] || { echo ${shellWord(`the bucket ${bucket} holds no object: a backup of nothing is none`)} >&2; exit 1; }`,
  `comm -12 "$W/before" "$W/after" > "$W/steady"`,
  `join -t "$TAB" -v 1 "$W/steady" "$W/keys" | cut -f1 > "$W/lost"`,
  `join -t "$TAB" -o 0,1.2,1.3,2.2,2.3 "$W/steady" "$W/keys" | awk -F "$TAB" '$2 != $4 || ($3 != "-" && $5 != "-" && $3 != $5) { print $1 }' >> "$W/lost"`,
  `if [ -s "$W/lost" ]; then echo "$(wc -l < "$W/lost") object(s) not copied as they are, the first: $(head -n 3 "$W/lost" | tr '\\n' ' '); keys with control characters or odd slashes need tool: built-in, and perhaps --format bucket" >&2; exit 1; fi`,
];

const PACK: Readonly<Record<string, string>> = { tar: "cat", "tar.gz": "gzip -6", "tar.zst": "zstd -q -T0" };

/** The tree as an archive. Without pipefail: whether tar came to its end is written down beside. */
export const tarLines = (format: string, tree: string, path: string): string[] => [
  `{ tar -C ${shellWord(tree)} --owner=0 --group=0 --numeric-owner -cf - . && : > "$W/packed"; } | ${PACK[format] ?? "cat"} > ${shellWord(path)}`,
  `[ -e "$W/packed" ]`,
];

/** Packs the list, and prints what the manifest says. */
export const summaryLines = (packed: string): string[] => [
  `gzip -n -c "$W/keys" > ${shellWord(packed)}`,
  `awk -F "$TAB" '{ bytes += $2 } ${ODD} { odd++ } END { printf "! objects %d\\n! bytes %.0f\\n! odd %d\\n", NR, bytes, odd }' "$W/keys"`,
  `echo "! changed $(comm -3 "$W/before" "$W/after" | sed "s/^$TAB//" | cut -f1 | sort -u | wc -l | tr -d ' ')"`,
  `echo "! keys $(sha256sum < ${shellWord(packed)} | cut -c1-64)"`,
];
