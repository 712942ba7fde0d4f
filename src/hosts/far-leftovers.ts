import { shellWord } from "../base/quote.ts";
import type { Command } from "../step/command.ts";
import type { Hop } from "../step/hop.ts";
import { CALL_MARK } from "./far-text.ts";
import { DEFINE_MARKED, endMarked } from "./far-marks.ts";

/** Which processes of a run are meant. */
export interface LeftoverQuery {
  on: readonly Hop[];
  /** NAME=value in their environment. */
  mark: string;
  /** NAME=value of those that are not meant: services that finished steps have started. */
  except: readonly string[];
}

/**
 * What looks bears the run's mark itself, when it is the run that looks: it is known by its call. Its subshells are among
 * those that were marked and are over by the time they are asked: what has no environment any more does not run.
 */
function script({ mark, except }: LeftoverQuery, rest: string): string {
  const not = except.map((one) => ` -e ${shellWord(one)}`).join("");
  return `mark=${shellWord(mark)}
${DEFINE_MARKED}
others() {
  for p in $(marked); do
    has=$({ tr '\\0' '\\n' <"/proc/$p/environ"; } 2>/dev/null)
    [ -z "$has" ] || printf '%s\\n' "$has" | grep -qxF -e "${CALL_MARK}=$${CALL_MARK}"${not} || echo "$p"
  done
}
${rest}`;
}

const there = (on: readonly Hop[], text: string): Command => ({
  argv: ["sh", "-c", text],
  env: {},
  secrets: {},
  on: [...on],
});

/** Read-only: a line for each process that a run left at a far end, "17 psql -X …". */
export function lookForLeftovers(query: LeftoverQuery): Command {
  const each = `for p in $(others); do echo "$p $(tr '\\0' ' ' <"/proc/$p/cmdline")"; done`;
  return there(query.on, script(query, each));
}

/** Ends all of them and waits until they are gone; exit 1 when some are not. */
export function endLeftovers(query: LeftoverQuery, graceMs: number): Command {
  const end = endMarked(graceMs).replaceAll("$(marked)", "$(others)");
  return there(query.on, script(query, `${end}\n[ -z "$(others)" ]`));
}
