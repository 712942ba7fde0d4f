import { shellLine, shellWord } from "../base/quote.ts";
import type { Command } from "../step/command.ts";
import type { Hop } from "../step/hop.ts";
import type { Manager, Target, Verb } from "./manager.ts";

/** One services step, as far as scripts need to know it. */
export interface Act {
  manager: Manager;
  target: Target;
  verb: Verb;
  /** The way to where the manager's program runs. */
  on: readonly Hop[];
  /** Folders there to look for programs in first. */
  path: readonly string[];
  /** The file in which the state from before is written down. */
  record: string;
  /** Records of earlier stops, with those of the names they were about, none for all: a start starts what ran before them. */
  after: readonly { records: readonly string[]; names: readonly string[] }[];
}

/** Shell text as a command. It is one group, read as a whole before anything of it runs, and nothing reads its input. */
export function shell(act: Act, lines: readonly string[]): Command {
  return {
    argv: ["sh"],
    stdin: `{\n${lines.join("\n")}\n} < /dev/null\n`,
    ...where(act),
  };
}

export function where({ manager, target, on, path }: Act): Omit<Command, "argv"> {
  return {
    env: {},
    secrets: manager.secrets(target),
    ...(on.length === 0 ? {} : { on: [...on] }),
    ...(on.length === 0 || path.length === 0 ? {} : { path: [...path] }),
  };
}

export const lookFunction = ({ manager, target }: Act): string => `look() {\n${manager.look(target)}\n}`;

export const recordIs = ({ record }: Act): string => `record=${shellWord(record)}`;

/** Makes "$@" the names that are meant; of a whole project those its file has. */
export function namesAre({ target, manager }: Act): string[] {
  if (target.names.length > 0) return [`set -- ${shellLine(target.names)}`];
  const all = manager.all?.(target);
  return all === undefined ? ["set --"] : [`all=$(${all}) || exit`, "set -- $all"];
}

/** Makes "$@" those that are to run: after a stop the ones that ran before it, without a record all. */
export function wantedAre(act: Act): string[] {
  if (act.verb !== "start" || act.after.length === 0) return namesAre(act);
  const all = act.manager.all?.(act.target) ?? ":";
  const ran = act.after.map(({ records, names }) => {
    const only = names.length === 0 ? "" : ` | ${grep("", names)}`;
    const given = names.length === 0 ? all : `printf '%s\\n' ${shellLine(names)}`;
    const found = records.map((file) => `test -e ${shellWord(file)}`).join(" || ");
    return [
      `if ${found}; then`,
      `  cat ${shellLine(records)} 2> /dev/null | awk '$2 == "up" { print $1 }' | sort -u${only}`,
      `else ${given}; fi`,
    ].join("\n");
  });
  return [`wanted=$(\n${[...ran, ...othersOf(act, all)].join("\n")}\n:)`, "set -- $wanted"];
}

const grep = (flag: "" | "v", names: readonly string[]): string =>
  `grep -Fx${flag} ${names.map((name) => `-e ${shellWord(name)}`).join(" ")}`;

/** Names that no earlier stop was about. */
function othersOf({ target, after }: Act, all: string): string[] {
  const recorded = after.flatMap(({ names }) => names);
  if (target.names.length === 0) return recorded.length === 0 ? [] : [`${all} | ${grep("v", recorded)}`];
  const others = target.names.filter((name) => !recorded.includes(name));
  return others.length === 0 ? [] : [`printf '%s\\n' ${shellLine(others)}`];
}

/**
 * Writes down how things are, once: what is there already is from before the first attempt, and only gets the time of this
 * one. On disk before it returns.
 */
export function recordCommand(act: Act): Command {
  return shell(act, [
    lookFunction(act),
    recordIs(act),
    ...namesAre(act),
    'if test -e "$record"; then touch "$record"',
    "else",
    '  mkdir -p -m 700 "${record%/*}" || exit',
    '  { test $# -eq 0 || look "$@"; } > "$record.part" || exit',
    '  sync "$record.part" && mv "$record.part" "$record" && sync "${record%/*}" || exit',
    "fi",
    'cat "$record"',
  ]);
}

/** What a stop takes after its grace: for the kill, and for the end of what is killed. */
const SLACK_S = 3;

/**
 * Waits for a stop that goes on though its client was cut off: something that ran before it is up and the time it may take
 * is not over. What is seen before that, or started, does not stay so.
 */
export function settled(act: Act): string[] {
  const { manager, target, verb } = act;
  if (manager.lingers === undefined || (verb !== "stop" && verb !== "down")) return [];
  return [
    "settle() {",
    `  set -- $(awk '$2 == "up" { print $1 }' "$record" | sort -u)`,
    "  test $# -gt 0 || return 0",
    `  until=$(( $(stat -c %Y "$record") + $(lingers "$@") + ${SLACK_S} ))`,
    '  while test "$(date +%s)" -lt "$until" && look "$@" | grep -q "^[^ ]* up "; do sleep 1; done',
    "}",
    lookFunction(act),
    `lingers() {\n${manager.lingers(target)}\n}`,
    recordIs(act),
    'test ! -e "$record" || settle',
  ];
}

/** Prints how things are and were, for judges and probes. */
export function tellLines(act: Act): string[] {
  return [
    lookFunction(act),
    ...wantedAre(act),
    // Without a name a manager would speak of all it has.
    'now=; test $# -eq 0 || now=$(look "$@") || exit',
    "test $# -eq 0 || printf 'want %s\\n' \"$@\"",
    ...(act.verb === "wait"
      ? []
      : [recordIs(act), 'test ! -e "$record" || { echo recorded; sed "s/^/was /" "$record"; }']),
    'printf \'%s\\n\' "$now" | sed -n "s/^./now &/p"',
    "date '+at %s'",
  ];
}
