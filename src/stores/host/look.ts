import type { Command } from "../../step/command.ts";
import { carried, type FarPlace } from "./far-place.ts";

/** One look at a host: a line for each thing, in words and numbers that any shell there can find out. */
const SCRIPT = `echo "system $(uname -s 2>/dev/null)"
echo "user $(id -un 2>/dev/null || id -u)"
if [ -r /proc/self/environ ]; then echo "proc yes"; fi
for each in sha256sum shasum openssl; do
  if command -v "$each" >/dev/null 2>&1; then echo "sum $each"; break; fi
done
while [ "$1" != -- ]; do
  if [ ! -d "$1" ]; then echo "folder missing 0 $1"
  elif [ ! -w "$1" ]; then echo "folder closed 0 $1"
  else
    df -Pk "$1" 2>/dev/null | {
      read -r _ && read -r _ _ _ free _ || free=0
      echo "folder open $free $1"
    }
  fi
  shift
done
shift
for each in "$@"; do command -v "$each" >/dev/null 2>&1 || echo "missing $each"; done
exit 0`;

/** What the host is, whether the folders may be written to, and which of the programs it has. Changes nothing. */
export function lookCommand(
  place: Pick<FarPlace, "hops" | "path">,
  folders: readonly string[],
  programs: readonly string[],
): Command {
  return carried(place, {
    argv: ["sh", "-c", SCRIPT, "sh", ...folders, "--", ...programs],
    env: {},
    secrets: {},
  });
}

export interface Looked {
  system: string;
  user: string;
  /** Its processes can be found again by their environment. */
  hasProc: boolean;
  /** What makes a sha256 there. */
  sum: string | undefined;
  folders: { path: string; state: string; freeBytes: number }[];
  missing: string[];
}

export function parseLook(stdout: string): Looked {
  const lines = stdout.split("\n").map((line): [string, string] => {
    const at = line.indexOf(" ");
    return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
  });
  const all = (word: string): string[] => lines.flatMap(([first, rest]) => (first === word ? [rest] : []));
  return {
    system: all("system")[0] ?? "",
    user: all("user")[0] ?? "",
    hasProc: all("proc").length > 0,
    sum: all("sum")[0],
    folders: all("folder").map((rest) => {
      const [state = "", free = "0", ...path] = rest.split(" ");
      return { path: path.join(" "), state, freeBytes: Number(free) * 1024 };
    }),
    missing: all("missing"),
  };
}
