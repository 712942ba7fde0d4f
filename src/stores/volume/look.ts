import type { Command } from "../../step/command.ts";
import { shellWord } from "../../base/quote.ts";
import { type Engine, helper, provenThere, script } from "./engine.ts";

/** What the listing and the restore are made with. */
const PROGRAMS =
  "awk cat cmp cut diff find grep mktemp mv readlink rm rmdir sed sh sha256sum sort stat sync tar tr wc xargs";

/** Prints what is missing in the image, the room on the volume's disk, and whether its folder is the one that is renamed. */
const LOOK = `for p in ${PROGRAMS}; do command -v $p > /dev/null || echo "lacks $p"; done
echo "tar $(tar --version 2> /dev/null | head -n 1)"
if [ -d /volume ]; then echo "df $(df -Pk /volume | tail -n 1)"; else echo "df $(df -Pk / | tail -n 1)"; fi
if [ -d /volumes ]; then echo "folders $(stat -c %i /volume) $(stat -c %i "/volumes/$1/_data")"; fi`;

/** The folder of all volumes at /volumes; labels of SELinux would keep a container out of it. */
export const rootMount = (root: string, readOnly: boolean): string[] => [
  "--mount",
  `type=bind,src=${root},dst=/volumes${readOnly ? ",readonly" : ""}`,
  "--security-opt",
  "label=disable",
];

/** Read-only: a container looks around; at the volumes' folder as well when there is one to rename. */
export function lookScript(
  engine: Engine,
  volume: string,
  isThere: boolean,
  root: string | undefined,
): Command {
  const image = `docker image inspect ${shellWord(engine.image)} > /dev/null`;
  if (!isThere) return script(engine, `${image} && ${helper(engine, LOOK)}`);
  const more = root === undefined ? [] : rootMount(root, true);
  const look = helper(engine, LOOK, { volume, more, args: [shellWord(volume)] });
  return script(engine, `${image} && ${provenThere(volume)} && ${look}`);
}
