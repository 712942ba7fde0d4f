import { shellWord } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import { type Engine, helper, script } from "./engine.ts";

const LABEL = "lifeboat.lock";

/** docker's own exit code for what never started, a name that is taken among it. */
const NOT_STARTED = 125;

/** Half seconds: what the container of a killed run takes to end, because nobody feeds it any more. */
const PATIENCE = 20;

const GOT = "lifeboat has the lock";

/**
 * A container whose name stands for the volume: an engine has each name once. It lives while its standard input is open,
 * so it ends by itself when Lifeboat does, in whatever way, and is removed. Its first line says whether it got the name. Without
 * the image there is no lock, and no restore either: the preflight says so.
 */
export function lockCommand(engine: Engine, volume: string, run: string, takeOver: boolean): Command {
  const name = `lifeboat-lock-${volume}`;
  const hold = helper(engine, `echo ${GOT}; cat > /dev/null`, {
    stdin: true,
    more: ["--name", name, "--label", `${LABEL}=${run}`],
  });
  const holder = `docker inspect --format '{{index .Config.Labels "${LABEL}"}}' ${shellWord(name)} 2> /dev/null`;
  return script(
    engine,
    `docker image inspect ${shellWord(engine.image)} > /dev/null 2>&1 || { echo ${GOT}; cat > /dev/null; exit; }
${takeOver ? `docker rm -f ${shellWord(name)} > /dev/null 2>&1\n` : ""}i=0
while :; do
  ${hold}
  s=$?
  [ $s = ${NOT_STARTED} ] || exit $s
  i=$((i + 1))
  [ $i -gt ${PATIENCE} ] || { sleep 0.5; continue; }
  holder=$(${holder}) && echo "run $holder"
  exit $s
done`,
  );
}

/** Whoever has the name already, by the first line; undefined when it was got. */
export const lockHolder = (firstLine: string): string | undefined =>
  firstLine === GOT ? undefined : firstLine;
