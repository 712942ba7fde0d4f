import { shellWord } from "../../base/quote.ts";
import type { Step } from "../../step/step.ts";
import { part, tokenFor } from "../part.ts";
import { script } from "./client.ts";
import { fromLine, local, type RestoreContext } from "./restore-context.ts";
import { define, dropLine, isThere } from "./shell.ts";
import { inspectCheck, unchangedCheck } from "./restore-artifact.ts";

const MINUTE = 60_000;
/** Bytes of backup in a millisecond, measured on 2 cores (0.7 s for 167 MB); only for the expected time on screen. */
const LOAD_BYTES_PER_MS = 200_000;

/** Archives are read by tar here, and judged once more when they lie unpacked: influxd reads folders only. */
export function unpackStep(context: RestoreContext): Step {
  const { source, folders } = context;
  const folder = shellWord(folders.unpacked);
  return part(context, "unpack", ["artifact"], {
    gist: `tar -x of ${context.source.path}`,
    title: "Unpack the backup",
    why: "influxd restores from a folder",
    effect: "reversible",
    commands: [
      script(
        context.connection,
        [
          `rm -rf ${folder}`,
          `mkdir -p -m 700 ${folder}`,
          `tar -xf ${shellWord(source.path)} -C ${folder} --no-same-owner`,
        ],
        tokenFor(context, "unpacked"),
      ),
    ],
    checks: [inspectCheck(context, "every file of the unpacked backup is whole", folders.unpacked)],
    probe: local(["sh", "-c", `if [ -e ${folder} ]; then echo PARTLY; else echo NOT DONE; fi`]),
    repeatable: true,
    undo: {
      says: "removes what was unpacked",
      commands: [local(["rm", "-rf", folders.unpacked])],
      onFailure: false,
    },
    failsAs: "preflight",
  });
}

/** Beside the live database, under a name that only this run uses: what an earlier attempt left of it is dropped first. */
export function loadStep(context: RestoreContext, after: string): Step {
  const { connection, names, source } = context;
  return part(context, "load", [after], {
    gist: `influxd restore -portable ${source.path} -newdb ${names.copy}`,
    title: "Restore beside",
    why: `into ${names.copy}; nobody uses it yet`,
    effect: "reversible",
    commands: [
      script(
        connection,
        [
          ...define(connection, ["ask", "named", "restore", "ready"]),
          fromLine(context),
          dropLine(names.copy),
          `name=$(named "$from" ${shellWord(source.manifest?.database ?? names.live)})`,
          `restore "$from" "$name" ${shellWord(names.copy)}`,
          `ready ${shellWord(names.copy)}`,
        ],
        tokenFor(context, "loaded"),
      ),
    ],
    checks: [unchangedCheck(context)],
    // How much of it is there cannot be asked; a restore made again begins with an empty database.
    probe: script(connection, [
      ...define(connection, ["there"]),
      `if ${isThere(names.copy)}; then echo PARTLY; else echo NOT DONE; fi`,
    ]),
    repeatable: true,
    undo: {
      says: `drops ${names.copy}`,
      commands: [
        script(connection, [
          ...define(connection, ["ask"]),
          dropLine(names.copy),
          `rm -rf ${shellWord(context.folders.scratch)}`,
        ]),
      ],
      onFailure: false,
    },
    after: `the copy ${names.copy} exists`,
    expectedMs: Math.ceil(source.bytes / LOAD_BYTES_PER_MS) + 1000,
    silenceMs: 30 * MINUTE,
  });
}

/** A drill leaves nothing behind. */
export function removeStep(context: RestoreContext, id: "remove" | "tidy", needs: string): Step {
  const { connection, names, source, folders, step } = context;
  const there = define(connection, ["there"]);
  return part(context, id, [needs], {
    gist: `DROP DATABASE ${names.copy}`,
    title: id === "remove" ? "Remove the drill's copy" : "Remove the proven copy",
    why: id === "remove" ? "a drill leaves nothing behind" : "its data is live now, and the old data is kept",
    effect: "reversible",
    outdates: [`${step.id}.load`],
    commands: [
      script(
        connection,
        [
          ...define(connection, ["ask"]),
          dropLine(names.copy),
          ...(source.isPacked ? [`rm -rf ${shellWord(folders.unpacked)}`] : []),
        ],
        tokenFor(context, id),
      ),
    ],
    checks: [
      {
        title: "the copy is gone",
        source: script(connection, [...there, `if ${isThere(names.copy)}; then echo 1; else echo 0; fi`]),
        judge: "expectation",
        args: { name: `${names.copy} is gone`, expect: { equals: 0 } },
        onError: "fail",
      },
    ],
    probe: script(connection, [
      ...there,
      `if ${isThere(names.copy)} || [ -e ${shellWord(folders.unpacked)} ]; then echo NOT DONE; else echo DONE; fi`,
    ]),
    repeatable: true,
  });
}
