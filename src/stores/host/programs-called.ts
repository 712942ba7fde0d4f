import type { Command } from "../../step/command.ts";

/** Programs that steps call inside scripts, and that a lean image may not have. */
const PROGRAMS = [
  ..."awk cat cmp comm cut date dd df diff env find grep gunzip gzip head mktemp od sed sort tail tar tr wc xargs zstd".split(
    " ",
  ),
  ..."psql pg_dump pg_restore vacuumdb".split(" "),
  ..."mongosh mongodump mongorestore bsondump".split(" "),
  ..."clickhouse-client influx influxd redis-cli redis-server redis-check-rdb".split(" "),
];

/** Where a shell takes a word for a program: at a beginning, behind what ends a command, behind a keyword or an assignment. */
const CALLED = new RegExp(
  String.raw`(?:^|[|;&({\n]|\b(?:then|do|else|if|elif|while|until|exec)\s|!\s)\s*(?:[A-Za-z_]\w*=\S*\s+)*(${PROGRAMS.join("|")})(?=[\s;|)"']|$)`,
  "gm",
);

const BUILT_IN = new Set(["sh", "echo", "printf", "test", "["]);

/** The programs that the commands call, as far as can be read from them; sorted. */
export function programsCalled(commands: readonly Command[]): string[] {
  const found = new Set<string>();
  for (const { argv, stdin } of commands) {
    const [program = "", flag, script = ""] = argv;
    if (!BUILT_IN.has(program)) found.add(program);
    if (program !== "sh") continue;
    for (const [, called = ""] of (flag === "-c" ? script : (stdin ?? "")).matchAll(CALLED))
      found.add(called);
    // `sh -c 'script "$@"' sh program …` runs its words.
    if (script.includes('"$@"'))
      for (const word of argv.slice(3)) if (PROGRAMS.includes(word)) found.add(word);
  }
  return [...found].sort();
}
