import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part, tokenFor } from "../part.ts";
import { shell, toolThen } from "./client.ts";
import { LISTED } from "./facts-script.ts";
import { chosenIn, type RestoreContext } from "./restore-context.ts";

const MINUTE = 60_000;
/** Bytes of documents in a millisecond, measured on 2 cores; only for the expected time on screen. */
const BYTES_PER_MS = 5_000;
const json = (value: unknown): string => JSON.stringify(value);

/** `*` and `\` mean something in the tool's patterns. */
const pattern = (name: string): string => name.replaceAll(/[\\*]/g, String.raw`\$&`);

function namespaces(context: RestoreContext): string[] {
  const { source, names, step, mode } = context;
  const { collections, views } = chosenIn(context);
  const from = pattern(source.database);
  const named = mode === "drill" ? [...collections, ...views] : collections;
  const which =
    step.only.length > 0
      ? named.map((name) => `--nsInclude=${from}.${pattern(name)}`)
      : [
          `--nsInclude=${from}.*`,
          `--nsExclude=${from}.system.*`,
          `--nsExclude=${from}.lifeboat__*`,
          // A view cannot be renamed: it is compared, and defined by hand where it differs.
          ...(mode === "drill" ? [] : views.map((name) => `--nsExclude=${from}.${pattern(name)}`)),
        ];
  return [...which, `--nsFrom=${from}.*`, `--nsTo=${names.target}.*${names.copy}`];
}

/** Removes what an attempt before has left, and notes that this one has begun. */
function beginScript({ names, run, mode }: RestoreContext): string {
  const clear =
    mode === "drill"
      ? `db.dropDatabase();`
      : `const swapped = marks.findOne({ _id: "swap" });
if (swapped !== null) {
  const uuids = new Map(listed(db).map(({ name, uuid }) => [name, uuid]));
  if (swapped.moves.some(({ name, copy }) => copy !== null && uuids.get(name) === copy))
    throw new Error("the copy of this run is already in place: undo the swap first");
}
for (const { name } of listed(db))
  if (name.endsWith(${json(names.copy)}) || name === ${json(names.marks)}) db.getCollection(name).drop();`;
  return `${LISTED}
const marks = db.getCollection(${json(names.marks)});
${clear}
marks.insertOne({ _id: "load", run: ${json(run.id)}, state: "restoring" });`;
}

const endScript = ({ names }: RestoreContext): string =>
  `const noted = db.getCollection(${json(names.marks)}).updateOne({ _id: "load", state: "restoring" }, { $set: { state: "restored" } });
if (noted.matchedCount !== 1) throw new Error("the mark of this run is gone: something else has cleaned up meanwhile");`;

/** How far the load came, by the mark it leaves in the database. */
export const loadProbe = ({ names, run }: Pick<RestoreContext, "names" | "run">): string =>
  `const mark = db.getCollection(${json(names.marks)}).findOne({ _id: "load" });
print(mark === null ? "NOT DONE" : mark.run !== ${json(run.id)} ? "CANNOT TELL" : mark.state === "restored" ? "DONE" : "PARTLY");`;

/** Removes the copy and the marks; nothing that applications use, since only names with this run's tag are dropped. */
function unloadScript({ names, mode }: RestoreContext): string {
  if (mode === "drill") return "db.dropDatabase();";
  return `for (const name of db.getCollectionNames())
  if (name.endsWith(${json(names.copy)}) || name === ${json(names.marks)}) db.getCollection(name).drop();
if (db.getCollectionNames().length === 0) db.dropDatabase();`;
}

/** Behind the load: what was loaded is still the backup that was judged before it. */
function unchangedCheck({ source }: RestoreContext): Check {
  const { path, bytes, modifiedMs } = source;
  return {
    title: "the backup is still the one that was looked at",
    source: { inspect: "artifact", path, byHand: [`ls -lR ${shellWord(path)}`] },
    judge: "artifact",
    args: { kind: "mongodb", chosen: { bytes, modifiedMs }, read: false },
    onError: "fail",
  };
}

export function loadStep(context: RestoreContext): Step {
  const { client, names, source, mode } = context;
  // One worker for each collection, as by default: several would mix up the order, which a capped collection lives by.
  const restore = [...source.where, "--stopOnError", ...namespaces(context)];
  const where =
    mode === "drill"
      ? `the database ${names.target}`
      : `collections named …${names.copy}, which nobody uses yet`;
  return part(context, "load", ["artifact"], {
    gist: `mongorestore ${source.path} into ${mode === "drill" ? names.target : `collections …${names.copy}`}`,
    title: "Restore beside",
    why: `into ${where}; with all indexes and options`,
    effect: "reversible",
    commands: [
      shell(client, names.target, beginScript(context), { token: tokenFor(context, "begun") }),
      toolThen(
        client,
        { program: "mongorestore", args: restore, says: shellWord(" 0 document(s) failed to restore.") },
        shell(client, names.target, endScript(context), { token: tokenFor(context, "restored") }),
      ),
    ],
    checks: [unchangedCheck(context)],
    probe: shell(client, names.target, loadProbe(context)),
    undo: {
      says:
        mode === "drill"
          ? `drops ${names.target}`
          : `drops the collections …${names.copy} of this run in ${names.target}`,
      commands: [shell(client, names.target, unloadScript(context))],
      onFailure: false,
    },
    after:
      mode === "drill"
        ? `the copy ${names.target} exists`
        : `the restored collections lie beside, named …${names.copy}`,
    expectedMs: Math.ceil((source.manifest?.bytes ?? source.bytes) / BYTES_PER_MS) + 2000,
    silenceMs: 30 * MINUTE,
  });
}

/** A drill leaves nothing behind. */
export function removeStep(context: RestoreContext): Step {
  const { client, names } = context;
  const there = `db.getCollectionNames().length`;
  return part(context, "remove", ["verify"], {
    gist: `db.dropDatabase() of ${context.names.target}`,
    title: "Remove the drill's copy",
    why: "a drill leaves nothing behind",
    effect: "reversible",
    outdates: [`${context.step.id}.load`],
    commands: [shell(client, names.target, "db.dropDatabase();", { token: tokenFor(context, "removed") })],
    checks: [
      {
        title: "the copy is gone",
        source: shell(client, names.target, `print(${there});`),
        judge: "expectation",
        args: { name: `${names.target} is gone`, expect: { equals: 0 } },
        onError: "fail",
      },
    ],
    probe: shell(client, names.target, `print(${there} === 0 ? "DONE" : "NOT DONE");`),
  });
}
