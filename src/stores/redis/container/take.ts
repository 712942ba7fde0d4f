import { shellLine, shellWord } from "../../../base/quote.ts";
import { LifeboatError } from "../../../base/errors.ts";
import { EXIT } from "../../../base/exit-codes.ts";
import type { Command } from "../../../step/command.ts";
import { cliArgv } from "../client.ts";
import { takeScript } from "../take-script.ts";
import { type ContainerWay, helperName, outerScript } from "./way.ts";

/** Of standard input; the second is what macOS has. */
const DIGEST =
  "digest() { if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -c 1-64; }";

/** Where the snapshot lies in the container until it is here: on its data volume, which has room for the server's own. */
const THERE = (tag: string): string => `dir=$(live CONFIG GET dir 2>/dev/null | sed -n 2p)
there=\${dir:-/tmp}/lifeboat-${tag}.rdb`;

/**
 * A snapshot made by redis-cli in the container, then brought here and compared by its sha256: what docker hands on may have
 * lost its end.
 */
export function takeFromContainer(
  way: ContainerWay,
  path: string,
  { before, after, token }: { before: string; after: string; token: string },
): Command {
  if (way.outer.length > 0)
    throw new LifeboatError(EXIT.invalid, {
      what: `a snapshot cannot be brought here from ${way.words} yet`,
      next: "run Lifeboat on the machine where docker runs",
    });
  const file = shellWord(path);
  const live = `live() { ${shellLine(cliArgv(way.connection))} "$@"; }`;
  return outerScript(
    way,
    `${before}${DIGEST}
${THERE(way.tag)}
inside "there='$there'; "${shellWord(`${live}\n${takeScript('"$there"')}`)} || { inside "rm -f '$there'"; exit 1; }
sum=$(inside "${DIGEST.replaceAll("$", "\\$")}; digest < '$there'")
rm -f ${file}
(umask 077; inside "cat '$there'" > ${file}) || exit 1
[ "$(digest < ${file})" = "$sum" ] || { rm -f ${file}; fail "the snapshot did not arrive whole: another sha256 here than in ${way.words}"; }
inside "rm -f '$there'"
${after}echo ${token}`,
    { token },
  );
}

/** Removes what a snapshot that was cut off has left in the container. */
export const removeTaken = (way: ContainerWay): Command =>
  outerScript(
    way,
    `[ "$(state 2>/dev/null)" = running ] || exit 0
${THERE(way.tag)}
inside "rm -f '$there'"
gone ${helperName(way, "copy")}`,
  );
