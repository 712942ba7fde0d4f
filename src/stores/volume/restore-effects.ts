import { shellLine, shellWord } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { part, tokenFor } from "../part.ts";
import { type Engine, helper, labelOf, provenThere, RUN_LABEL, script, containersGone } from "./engine.ts";
import { estimatedBytes, unchangedCheck } from "./restore-proof.ts";
import { unpacked, type VolumeContext } from "./restore-context.ts";

const MINUTE = 60_000;
/** Bytes of finished files in a millisecond, measured on 2 cores; only for the expected time on screen. */
const LOAD_BYTES_PER_MS = 60_000;

/** Of a live volume that a run had to make first. */
export const MADE_LABEL = "lifeboat.made";

/** Makes a volume; one of that name that this run did not make stops it, because docker would silently use it. */
export const createVolume = (volume: string, run: string): string =>
  `case "${labelOf(volume, RUN_LABEL)}" in
none) docker volume create --label ${RUN_LABEL}=${run} ${shellWord(volume)} > /dev/null ;;
${run}) ;;
*) echo ${shellWord(`there is a volume ${volume} that this run did not make`)} >&2; exit 1 ;;
esac`;

/** Removes a volume this run made, with containers of the run that still hold it; nothing when it is not there. */
export const removeVolume = (volume: string, run: string): string =>
  `case "${labelOf(volume, RUN_LABEL)}" in
none) ;;
${run})
  ${containersGone(`--filter volume=${shellWord(volume)} --filter label=${RUN_LABEL}=${run}`)} || exit 1
  docker volume rm ${shellWord(volume)} > /dev/null ;;
*) echo ${shellWord(`the volume ${volume} was not made by this run: it stays`)} >&2; exit 1 ;;
esac`;

/** Makes the live volume when there is none, as the manifest says it was; it is swapped like any other then. */
function createLive({ engine, names, source, facts }: VolumeContext): string {
  if (facts === undefined || facts.volume !== null) return "";
  const { manifest } = source;
  const isLocal = manifest === undefined || manifest.driver === "local";
  const labels = { [MADE_LABEL]: engine.run, ...manifest?.labels };
  const words = ["docker", "volume", "create"].concat(
    Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
    isLocal ? [] : ["--driver", manifest.driver],
    Object.entries(manifest?.options ?? {}).flatMap(([key, value]) => ["--opt", `${key}=${value}`]),
    names.live,
  );
  return `\n${provenThere(names.live)} 2>&1 || ${shellLine(words)} > /dev/null`;
}

/** Run in a volume: how many paths are in it. Something is printed, because an exit code alone is no evidence. */
export const COUNT = "find . -mindepth 1 | wc -l";

/** Removes the live volume that this run made where there was none, as long as nothing is in it. */
function removeLive({ engine, names, facts }: VolumeContext): string {
  if (facts === undefined || facts.volume !== null) return "";
  const { live } = names;
  return `\nif [ "${labelOf(live, MADE_LABEL)}" = ${engine.run} ] && [ "$(${helper(engine, COUNT, { volume: live })})" = 0 ]; then docker volume rm ${shellWord(live)} > /dev/null; fi`;
}

export function createStep(context: VolumeContext): Step {
  const { engine, names, run, facts } = context;
  const isAbsent = facts !== undefined && facts.volume === null && context.mode !== "drill";
  const make = isAbsent ? createLive(context) : "";
  const unmake = isAbsent ? removeLive(context) : "";
  return part(context, "create", ["artifact"], {
    gist: `docker volume create ${names.copy}`,
    title: "Create the copy",
    why: `a new, empty volume that no container knows${isAbsent ? `, and ${names.live} itself, which does not exist` : ""}`,
    effect: "reversible",
    commands: [
      script(
        engine,
        `set -e\n${createVolume(names.copy, run.id)}${make}\necho ${tokenFor(context, "created")}`,
        {
          token: tokenFor(context, "created"),
        },
      ),
    ],
    probe: script(
      engine,
      `case "${labelOf(names.copy, RUN_LABEL)}" in none) echo NOT DONE ;; ${run.id}) echo ${isAbsent ? `$(${provenThere(names.live)} 2>&1 && echo DONE || echo PARTLY)` : "DONE"} ;; *) echo CANNOT TELL ;; esac`,
    ),
    undo: {
      says: `removes ${names.copy}${isAbsent ? `, and ${names.live} if it is empty` : ""}`,
      commands: [script(engine, `set -e\n${removeVolume(names.copy, run.id)}${unmake}`)],
      onFailure: false,
    },
    after: `the copy ${names.copy} exists`,
    timeoutMs: 5 * MINUTE,
  });
}

/** Empties the copy first: an attempt that was cut leaves half of it. */
const fill = (token: string): string =>
  `umask 022 && find . -mindepth 1 -maxdepth 1 -exec rm -rf {} + && tar -xpf - --numeric-owner && echo ${token}`;

export function loadStep(context: VolumeContext): Step {
  const { engine, names, source } = context;
  const token = tokenFor(context, "loaded");
  const tar = helper(engine, fill(token), { volume: names.copy, readOnly: false, stdin: true });
  const look = helper(engine, `if [ "$(${COUNT})" = 0 ]; then echo NOT DONE; else echo PARTLY; fi`, {
    volume: names.copy,
  });
  return part(context, "load", ["create"], {
    gist: `tar -x of ${source.path} into ${names.copy}`,
    title: "Restore beside",
    why: "unpacks the archive into the copy; nobody uses it yet",
    effect: "reversible",
    commands: [script(engine, `${provenThere(names.copy)} && ${unpacked(source)} | ${tar}`, { token })],
    checks: [unchangedCheck(context)],
    probe: script(engine, `${provenThere(names.copy)} && ${look}`),
    expectedMs: Math.ceil(estimatedBytes(source) / LOAD_BYTES_PER_MS) + 1000,
  });
}

/** The drill's last step. */
export function removeStep(context: VolumeContext): Step {
  const { engine, names, run } = context;
  const token = tokenFor(context, "removed");
  const count = `docker volume ls -q | grep -cxF -e ${shellWord(names.copy)} || [ $? = 1 ]`;
  return part(context, "remove", ["verify"], {
    gist: `docker volume rm ${names.copy}`,
    title: "Remove the drill's copy",
    why: "a drill leaves nothing behind",
    effect: "reversible",
    outdates: [`${context.step.id}.create`],
    commands: [script(engine, `set -e\n${removeVolume(names.copy, run.id)}\necho ${token}`, { token })],
    checks: [
      {
        title: "the copy is gone",
        source: script(engine, count),
        judge: "expectation",
        args: { name: `${names.copy} is gone`, expect: { equals: 0 } },
        onError: "fail",
      },
    ],
    probe: goneProbe(engine, names.copy),
  });
}

const goneProbe = (engine: Engine, volume: string): Command =>
  script(
    engine,
    `names=$(docker volume ls -q) && if echo "$names" | grep -qxF -e ${shellWord(volume)}; then echo NOT DONE; else echo DONE; fi`,
  );
