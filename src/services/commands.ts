import type { Command } from "../step/command.ts";
import type { Verb } from "./manager.ts";
import {
  type Act,
  lookFunction,
  namesAre,
  recordCommand,
  recordIs,
  settled,
  shell,
  tellLines,
  wantedAre,
  where,
} from "./script.ts";
import { GOOD } from "./unit.ts";

/** What a step runs: first it writes down how things are, then it acts. */
export function actCommands(act: Act): Command[] {
  return [recordCommand(act), actCommand(act)];
}

function actCommand(act: Act): Command {
  const { manager, target, verb } = act;
  const isPlain = (target.names.length > 0 || manager.all === undefined) && act.after.length === 0;
  const argv = isPlain ? manager.argv?.(target, verb, target.names) : undefined;
  if (argv) return { argv, ...where(act) };
  return shell(act, [recordIs(act), ...wantedAre(act), "test $# -gt 0 || exit 0", manager.act(target, verb)]);
}

/** Back to how the record has it: a stop is undone by starting exactly what ran, a start by stopping what did not. */
export function backCommand(act: Act): Command {
  const { manager, target, verb } = act;
  const ran = verb === "stop" || verb === "down";
  const recorded = `awk '$2 == "up" { print $1 }' "$record" | sort -u`;
  const those = ran
    ? [`ran=$(${recorded})`, "set -- $ran"]
    : [
        ...wantedAre(act),
        `ran=" $(${recorded} | tr '\\n' ' ')"`,
        'for name do shift; case "$ran" in *" $name "*) ;; *) set -- "$@" "$name" ;; esac; done',
      ];
  const back = manager.back?.(target, verb) ?? manager.act(target, ran ? "start" : "stop");
  return shell(act, [
    recordIs(act),
    "# Without a record nothing was done.",
    'test -e "$record" || exit 0',
    ...those,
    "test $# -gt 0 || exit 0",
    ...settled(act),
    back,
  ]);
}

/** What is to be known before anything is done; it changes nothing. */
export function beforeCommand(act: Act): Command {
  const { manager, target, verb } = act;
  return shell(act, [
    lookFunction(act),
    ...(manager.before === undefined ? namesAre(act) : [manager.before(target, verb)]),
    'now=$(look "$@") || exit',
    'printf \'%s\\n\' "$now" | sed -n "s/^./now &/p"',
    "date '+at %s'",
  ]);
}

/** Prints what the judges of a step read. */
export function tellCommand(act: Act): Command {
  return shell(act, tellLines(act));
}

/** How far an interrupted step came, by what is there now and what was there before. */
export function probeCommand(act: Act): Command {
  const [last = "", ...lines] = [PROBES[act.verb] ?? "", ...tellLines(act)];
  const body = lines.map((line) => line.replaceAll(/^/gm, "  ")).join("\n");
  return shell(act, [
    ...settled(act),
    `said=$(\n${body}\n) || exit`,
    `printf '%s\\n' "$said" | awk '${last}'`,
  ]);
}

const PROBES: Partial<Record<Verb, string>> = {
  stop: `
$1 == "recorded" { recorded = 1 }
$1 == "was" && $3 == "up" { ran[$2] = 1 }
$1 == "now" && $3 == "up" { up[$2] = 1; any = 1 }
END {
  for (name in ran) if (!(name in up)) gone = 1
  if (recorded && !any) print "DONE"
  else if (recorded && gone) print "PARTLY"
  else print "NOT DONE"
}
`,
  start: ready(),
  up: ready(),
  restart: `
$1 == "recorded" { recorded = 1 }
$1 == "was" { was[$5] = 1 }
$1 == "now" && ($5 in was) { same = 1 }
$1 == "now" && !($5 in was) { fresh = 1 }
$1 == "now" && $4 !~ ${GOOD} { bad = 1 }
END {
  if (!recorded || !fresh) print "NOT DONE"
  else if (same || bad) print "PARTLY"
  else print "DONE"
}
`,
  down: `
$1 == "recorded" { recorded = 1 }
$1 == "was" { was++ }
$1 == "now" { now++ }
END {
  if (recorded && !now) print "DONE"
  else if (recorded && now < was) print "PARTLY"
  else print "NOT DONE"
}
`,
};

function ready(): string {
  return `
$1 == "recorded" { recorded = 1 }
$1 == "was" && $3 == "up" { ran[$2] = 1 }
$1 == "want" { want[$2] = 1 }
$1 == "now" && $3 == "up" { up[$2] = 1 }
$1 == "now" && $4 !~ ${GOOD} { bad[$2] = 1 }
END {
  for (name in want) {
    if (!(name in up) || name in bad) missing = 1
    if (name in up && !(name in ran)) some = 1
  }
  if (recorded && !missing) print "DONE"
  else if (recorded && some) print "PARTLY"
  else print "NOT DONE"
}
`;
}
