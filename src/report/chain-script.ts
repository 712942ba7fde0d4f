/** Checks the chain of `journal.jsonl` in the working folder with a POSIX shell, sed and sha256sum: nothing of Lifeboat's. */
export function chainScript(): string[] {
  return [
    "prev=$(printf '' | sha256sum | cut -d' ' -f1); n=0; says=",
    "while IFS= read -r line; do",
    "  n=$((n + 1))",
    `  said=$(printf '%s\\n' "$line" | sed -n 's/.*"prev":"\\([0-9a-f]*\\)"}$/\\1/p')`,
    '  [ "$said" = "$prev" ] || { says="line $n does not fit the one before"; break; }',
    "  prev=$(printf '%s\\n' \"$line\" | sha256sum | cut -d' ' -f1)",
    "done < journal.jsonl",
    'echo "${says:-$n lines fit, the last one has $prev}"',
  ];
}
