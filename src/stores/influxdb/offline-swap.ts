import { shellLine, shellWord } from "../../base/quote.ts";
import { sizeInWords } from "../../base/size.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { part, tokenFor } from "../part.ts";
import { askFunction, script } from "./client.ts";
import { type OfflineContext, offlineVariables } from "./offline-context.ts";
import { local } from "./restore-context.ts";
import { verifyChecks } from "./restore-verify.ts";

const MINUTE = 60_000;

const answers = `printf 'SHOW DATABASES\\n' | ask >/dev/null 2>&1`;

/** Stops the server and waits until it is gone; one that is stopped already is no error. */
function stopped({ offline }: OfflineContext): string[] {
  return [
    `${shellLine(offline.stop)} || ! ${answers}`,
    `n=0; while ${answers}; do n=$((n + 1)); [ $n -lt 600 ] || { echo "the server was told to stop and still answers" >&2; exit 1; }; sleep 0.2; done`,
  ];
}

const startCommand = ({ offline }: OfflineContext): Command => ({
  ...local([...offline.start]),
  stays: true,
});

const waitLines = (seconds: number): string[] => [
  `n=0; until ${answers}; do n=$((n + 1)); [ $n -lt ${seconds * 5} ] || { printf 'SHOW DATABASES\\n' | ask >/dev/null || :; echo "the server was started and does not answer" >&2; exit 1; }; sleep 0.2; done`,
];

/** Every rename is done or not; which, is seen by what lies where. So it can be cut anywhere and done again. */
const EXCHANGE = [
  `[ -d "$built/meta" ] || [ -d "$kept/meta" ] || { echo "the new folders are not there" >&2; exit 1; }`,
  `mkdir -p -m 700 "$kept"`,
  `for d in meta data wal; do [ -e "$kept/$d" ] || mv "$folder/$d" "$kept/$d"; done`,
  `for d in meta data wal; do [ -e "$folder/$d" ] || mv "$built/$d" "$folder/$d"; done`,
];

const PUT_BACK = [
  `for d in meta data wal; do [ -e "$kept/$d" ] || continue`,
  `  if [ -e "$folder/$d" ]; then rm -rf "$built/$d"; mkdir -p "$built"; mv "$folder/$d" "$built/$d"; fi`,
  `  mv "$kept/$d" "$folder/$d"; done`,
  `rmdir "$kept" 2>/dev/null || [ ! -e "$kept" ]`,
];

function putBack(context: OfflineContext): Command[] {
  const { restore, offline, wasStopped } = context;
  const { connection } = restore;
  const vars = offlineVariables(context);
  const untouched = `if [ ! -e "$mark" ]; then echo "nothing was exchanged"; exit 0; fi`;
  const start = `if [ -e ${shellWord(context.places.mark)} ]; then exec ${shellLine(offline.start)}; fi`;
  return [
    script(connection, [askFunction(connection), ...vars, untouched, ...stopped(context), ...PUT_BACK]),
    ...(wasStopped ? [] : [{ ...local(["sh", "-c", start]), stays: true }]),
    script(connection, [
      askFunction(connection),
      ...vars,
      untouched,
      ...(wasStopped ? [] : waitLines(offline.waitSeconds)),
      `rm -f "$mark"`,
    ]),
  ];
}

export function offlineSwapStep(context: OfflineContext): Step {
  const { restore, places, offline } = context;
  const { connection, names, facts, run } = restore;
  const vars = offlineVariables(context);
  const mark = shellWord(places.mark);
  return part(restore, "swap", ["build"], {
    title: "Exchange the folders",
    why: "stop, set the old folders aside by rename, put the new ones in their place, start, verify",
    effect: "reversible",
    touchesLive: true,
    gate: {
      kind: "confirm",
      expect: names.live,
      prompt: "Type the name of the database to go on",
      says: [
        `This STOPS the server (${shellLine(offline.stop)}) and puts the backup in the place of ALL its data: ${names.live} (${sizeInWords(facts?.bytes[names.live] ?? 0)}), users, continuous queries.`,
        `The old folders stay, whole, in ${places.kept}. Undo: lifeboat undo ${run.id}`,
      ],
      flag: `--confirm ${names.live}`,
    },
    commands: [
      script(
        connection,
        [
          askFunction(connection),
          ...vars,
          `echo moving > "$mark"; sync "$mark"`,
          ...stopped(context),
          ...EXCHANGE,
        ],
        tokenFor(restore, "exchanged"),
      ),
      startCommand(context),
      script(
        connection,
        [
          askFunction(connection),
          ...vars,
          ...waitLines(offline.waitSeconds),
          `echo done > "$mark"; sync "$mark"`,
        ],
        tokenFor(restore, "started"),
      ),
    ],
    checks: verifyChecks(restore, names.live, `${restore.step.id}.artifact`),
    probe: local([
      "sh",
      "-c",
      `if [ ! -e ${mark} ]; then echo NOT DONE; elif grep -qx done ${mark}; then echo DONE; else echo PARTLY; fi`,
    ]),
    repeatable: true,
    outdates: [`${restore.step.id}.build`],
    after: `${names.live} is as in the backup; the folders from before are kept in ${places.kept}`,
    undo: {
      says: `stops the server, puts the folders of ${places.kept} back${context.wasStopped ? "; it stays stopped, as it was" : " and starts it"}`,
      commands: putBack(context),
      until: `${places.kept} is removed`,
      onFailure: true,
    },
    cleanup: {
      says: `removes ${places.kept}, the server's folders from before this restore; it can then not be undone`,
      commands: [local(["rm", "-rf", places.kept, places.mark])],
      expect: names.live,
      onFailure: false,
    },
    silenceMs: 30 * MINUTE,
  });
}
