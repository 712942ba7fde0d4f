import { shellWord } from "../../base/quote.ts";
import { type Engine, helper, labelOf, RUN_LABEL } from "./engine.ts";
import { LISTING } from "./listing.ts";
import type { VolumeNames } from "./names.ts";
import { createVolume, removeVolume } from "./restore-effects.ts";
import { ifKept, noneLeft, startScript, stopUsers, type Swapping, USERS_LABEL } from "./swap-scripts.ts";

/*
 * For a volume that is no plain folder of the engine (another driver, a network share, a disk in memory): what is in it is
 * copied. How far it came is told by which volumes of the run there are:
 *
 *   kept  proven  copy
 *   -     -       there   not begun
 *   there -       there   the old content is being copied; the live volume is untouched
 *   there there   there   the old content is safe in kept; the live volume is being replaced
 *   there there   -       the live volume holds the new content, and that was proven
 */

/** In a container with `from` at /from and `to` at /to: makes `to` hold what `from` holds, and compares path by path. */
const COPY = `(cd /to && find . -mindepth 1 -maxdepth 1 -exec rm -rf {} +) || exit
tar -C /from -cf - --numeric-owner . | tar -C /to -xpf - --numeric-owner || exit
look() { cd "$1" || exit; ${LISTING} }
(look /from) | LC_ALL=C sort > /tmp/from && (look /to) | LC_ALL=C sort > /tmp/to || exit
grep -q '^! members' /tmp/from || { echo "the content could not be listed" >&2; exit 1; }
cmp -s /tmp/from /tmp/to || { echo "the copy is not like the original:" >&2; diff /tmp/from /tmp/to | grep "^[-+<>][^-+]" | head -n 5 >&2; exit 1; }
sync && echo alike`;

function copy(engine: Engine, from: string, to: string): string {
  const mounts = ["-v", `${from}:/from:ro`, "-v", `${to}:/to`];
  return `docker volume inspect ${shellWord(from)} ${shellWord(to)} > /dev/null
[ "$(${helper(engine, COPY, { more: mounts })})" = alike ]`;
}

/** Copies the old content and marks the copy as proven; done once, it is never made again over a live volume half replaced. */
export function keepScript({ engine, names }: Swapping): string {
  const { live, kept, proven } = names;
  return `set -e
if [ "${labelOf(proven, RUN_LABEL)}" = none ]; then
${noneLeft(live)}
${copy(engine, live, kept)}
${createVolume(proven, engine.run)}
fi`;
}

export function replaceScript({ engine, names }: Swapping): string {
  const { live, proven } = names;
  return `set -e
[ "${labelOf(proven, RUN_LABEL)}" = ${engine.run} ] || { echo "the old content is not safe yet: nothing is replaced" >&2; exit 1; }
if [ "${labelOf(names.copy, RUN_LABEL)}" != none ]; then
${noneLeft(live)}
${copy(engine, names.copy, live)}
${noneLeft(live)}
${removeVolume(names.copy, engine.run)}
fi`;
}

/** The old content comes back from the kept volume, proven path by path; where nothing was replaced, nothing is copied. */
export function unreplaceScript({ engine, names }: Swapping): string {
  const { live, kept, proven } = names;
  return `set -e
${ifKept(
  names,
  `if [ "${labelOf(proven, RUN_LABEL)}" = ${engine.run} ]; then
${stopUsers(engine, kept)}
${noneLeft(live)}
${createVolume(names.copy, engine.run)}
${copy(engine, kept, live)}
${removeVolume(proven, engine.run)}
fi`,
)}`;
}

/** Behind it: the live volume is complete, so the kept one may go; it knows who has to be started, and goes last. */
export const startAfterReplace = ({ engine, names }: Swapping): string =>
  `set -e\n${ifKept(
    names,
    `if [ "${labelOf(names.proven, RUN_LABEL)}" != none ]; then echo "the old content is not back yet" >&2; exit 1; fi
${startScript(names)}
${removeVolume(names.kept, engine.run)}`,
  )}`;

export function replaceProbe({ names }: { names: VolumeNames }): string {
  const { kept, proven } = names;
  return `kept=${labelOf(kept, RUN_LABEL)} proven=${labelOf(proven, RUN_LABEL)} copy=${labelOf(names.copy, RUN_LABEL)}
case "$kept $proven $copy" in *unknown*) echo CANNOT TELL; exit ;; esac
stopped=0
[ "$kept" = none ] || for id in ${labelOf(kept, USERS_LABEL)}; do
  [ "$(docker inspect --format '{{.State.Running}}' "$id" 2> /dev/null)" = true ] || stopped=1
done
if [ "$kept $copy" = "none none" ]; then echo CANNOT TELL
elif [ "$kept" = none ]; then echo NOT DONE
elif [ "$proven" != none ] && [ "$copy" = none ] && [ $stopped = 0 ]; then echo DONE
else echo PARTLY; fi`;
}

export const removeKept = (names: VolumeNames, run: string): string =>
  `set -e\n${removeVolume(names.kept, run)}\n${removeVolume(names.proven, run)}`;
