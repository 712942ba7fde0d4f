import { shellWord } from "../../base/quote.ts";
import { type Engine, helper, labelOf, RUN_LABEL } from "./engine.ts";
import { rootMount } from "./look.ts";
import type { VolumeNames } from "./names.ts";
import { COUNT, createVolume, removeVolume } from "./restore-effects.ts";

/*
 * A volume cannot be renamed, but what it is on disk can: the folder <root>/<name>/_data. The old content's folder goes to
 * the kept volume, the copy's folder takes its place: two renames, nothing is copied, nothing deleted. Which of the two is
 * where is told by the inode of the old folder, noted in a label of the kept volume before anything else:
 *
 *   live  kept   copy
 *   OLD   empty  new     not done
 *   -     OLD    new     half way; on: copy → live, back: kept → live
 *   new   OLD    -       done
 */

/** Labels of the kept volume: the inode of the old folder, and the containers to start again, in order of their stop. */
const OLD_LABEL = "lifeboat.old";
export const USERS_LABEL = "lifeboat.consumers";

/** Running containers that have the volume, without those of Lifeboat itself. */
const usersNow = (volume: string): string =>
  `for id in $(docker ps -q --no-trunc --filter volume=${shellWord(volume)}); do
  [ -n "$(docker inspect --format '{{index .Config.Labels "${RUN_LABEL}"}}' "$id")" ] || echo "$id"
done`;

/** Stops when a container runs that the volume must not have: it would go on writing into the content it began with. */
export const noneLeft = (volume: string): string => `left=$(${usersNow(volume)})
if [ -n "$left" ]; then
  echo ${shellWord(`still used (started meanwhile, or by a policy):`)} "$(docker inspect --format '{{slice .Name 1}}' $left | tr '\\n' ' ')" >&2
  exit 1
fi`;

/** The kept volume with its notes is made before the first container is stopped, so that each is known whatever happens. */
export function stopScript({ engine, names }: Swapping): string {
  const { live, kept } = names;
  // What was restored has to be on the disk, and not only in memory, before it takes the place of anything.
  const inode = helper(engine, "sync && stat -c %i .", { volume: live });
  return `set -e
docker volume inspect ${shellWord(live)} > /dev/null
case "${labelOf(kept, RUN_LABEL)}" in
none)
  old=$(${inode})
  users=$(${usersNow(live)})
  for id in $users; do
    if [ "$(docker inspect --format '{{.HostConfig.AutoRemove}}' "$id")" = true ]; then
      echo "a container that is removed when it stops (--rm) uses the volume, stop it yourself first: $id" >&2; exit 1
    fi
  done
  docker volume create --label ${RUN_LABEL}=${engine.run} --label ${OLD_LABEL}="$old" --label ${USERS_LABEL}="$(echo $users)" ${shellWord(kept)} > /dev/null ;;
${engine.run}) ;;
*) echo ${shellWord(`there is a volume ${kept} that this run did not make`)} >&2; exit 1 ;;
esac
${stopUsers(engine, kept)}
${noneLeft(live)}`;
}

/** One that is gone meanwhile needs no stop. */
export const stopUsers = (engine: Engine, kept: string): string =>
  `for id in ${labelOf(kept, USERS_LABEL)}; do
  if docker inspect "$id" > /dev/null 2>&1; then docker stop -t ${engine.stopSeconds} "$id" > /dev/null; fi
done`;

/** In reverse order of their stop; one that cannot be started does not keep the others from it. */
export const startScript = ({ kept }: VolumeNames): string => `set -e
back=
for id in ${labelOf(kept, USERS_LABEL)}; do back="$id $back"; done
failed=
for id in $back; do docker start "$id" > /dev/null || failed="$failed $id"; done
[ -z "$failed" ] || { echo "not started:$failed" >&2; exit 1; }
[ -z "$back" ] || sleep 1`;

/** $1 live, $2 kept, $3 copy, $4 inode of the old folder; in the folder of all volumes. */
const FOLDERS = `set -e; cd /volumes
inode() { stat -c %i "$1/_data" 2> /dev/null || echo none; }`;

const FORTH = `${FOLDERS}
if [ "$(inode "$1")" = "$4" ]; then
  [ -d "$3/_data" ] || { echo "the restored copy $3 is not there" >&2; exit 1; }
  [ ! -e "$2/_data" ] || rmdir "$2/_data"
  mv "$1/_data" "$2/_data"
fi
[ "$(inode "$2")" = "$4" ] || { echo "the old content is not where it was noted: neither in $1 nor in $2" >&2; exit 1; }
[ -e "$1/_data" ] || mv "$3/_data" "$1/_data"
sync
inode "$1"`;

const BACK = `${FOLDERS}
if [ "$(inode "$2")" = "$4" ]; then
  if [ -e "$1/_data" ]; then
    [ ! -e "$3/_data" ] || rmdir "$3/_data"
    mv "$1/_data" "$3/_data"
  fi
  mv "$2/_data" "$1/_data"
fi
[ "$(inode "$1")" = "$4" ] || { echo "the old content is not there any more: neither in $2 nor in $1" >&2; exit 1; }
mkdir -p "$2/_data"
sync && echo back`;

const STATE = `${FOLDERS}
if [ "$(inode "$1")" = "$4" ]; then echo "old in live"
elif [ "$(inode "$2")" = "$4" ] && [ -e "$1/_data" ]; then echo "old in kept"
elif [ "$(inode "$2")" = "$4" ]; then echo "half way"
else echo "not found"; fi`;

/** What the scripts need to know. */
export interface Swapping {
  engine: Engine;
  names: VolumeNames;
  /** The folder that holds the folders of all local volumes. */
  root: string;
}

/** Runs one of the three on the folders of the volumes; `$old` is the inode that the kept volume notes. */
function onFolders({ engine, names, root }: Swapping, text: string, readOnly = false): string {
  const { live, kept, copy } = names;
  const args = [...[live, kept, copy].map(shellWord), `"${labelOf(kept, OLD_LABEL)}"`];
  return helper(engine, text, { more: rootMount(root, readOnly), args });
}

/** Docker is asked by the volume's name at the end: it has to lead to the folder that was put there. */
export function swapScript(swapping: Swapping): string {
  const { engine, names } = swapping;
  return `set -e
${noneLeft(names.live)}
new=$(${onFolders(swapping, FORTH)})
${noneLeft(names.live)}
seen=$(${helper(engine, "stat -c %i .", { volume: names.live })})
[ "$seen" = "$new" ] || { echo ${shellWord(`the volume ${names.live} does not lead to the restored folder`)} >&2; exit 1; }
${removeVolume(names.copy, engine.run)}`;
}

/** Where the kept volume is not there, nothing was done yet, or it was removed since. */
export const ifKept = ({ kept, copy }: VolumeNames, then: string): string =>
  `if [ "${labelOf(kept, RUN_LABEL)}" = none ]; then
  if [ "${labelOf(copy, RUN_LABEL)}" = none ]; then echo ${shellWord(`the old data is not there any more: ${kept} was removed`)} >&2; exit 1; fi
else
${then}
fi`;

/** Where nothing was moved yet, nobody has to be stopped: whoever runs has the old content. */
export function unswapScript(swapping: Swapping): string {
  const { engine, names } = swapping;
  return `set -e
${ifKept(
  names,
  `state=$(${onFolders(swapping, STATE, true)})
if [ "$state" != "old in live" ]; then
${stopUsers(engine, names.kept)}
${noneLeft(names.live)}
fi
${createVolume(names.copy, engine.run)}
[ "$(${onFolders(swapping, BACK)})" = back ]`,
)}`;
}

/** The kept volume goes last: it knows who has to be started. It is empty then, and removed only if it is. */
export function startAgainScript({ engine, names }: Swapping): string {
  const { kept } = names;
  const isEmpty = `[ "$(${helper(engine, COUNT, { volume: kept })})" = 0 ]`;
  return `set -e\n${ifKept(names, `${startScript(names)}\n${isEmpty}\n${removeVolume(kept, engine.run)}`)}`;
}

/** DONE only when the new content is in place and everybody who was stopped runs again. */
export function swapProbe(swapping: Swapping): string {
  const { kept, copy } = swapping.names;
  return `set -e
if [ "${labelOf(kept, RUN_LABEL)}" = none ]; then
  if [ "${labelOf(copy, RUN_LABEL)}" = none ]; then echo CANNOT TELL; else echo NOT DONE; fi
  exit
fi
state=$(${onFolders(swapping, STATE, true)})
stopped=0
for id in ${labelOf(kept, USERS_LABEL)}; do
  [ "$(docker inspect --format '{{.State.Running}}' "$id" 2> /dev/null)" = true ] || stopped=1
done
case "$state $stopped" in
"old in live 0") echo NOT DONE ;;
"old in kept 0") echo DONE ;;
"not found"*) echo CANNOT TELL ;;
*) echo PARTLY ;;
esac`;
}
