import { shellWord } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import type { ServerProcess } from "../store-kind.ts";

/**
 * Ends with 0 when the folder is that of a server process of the machine (or container) it runs on. A published port
 * makes a container's server look like one of this machine, and a folder of the same name here is somebody else's then:
 * its disk would be looked at, and files put into it. With no words about the process only the folder has to be there.
 */
export function worksThere(folder: string, server: ServerProcess | undefined): Command {
  return { argv: ["sh", "-c", script(server), folder], env: {}, secrets: {} };
}

function script(server: ServerProcess | undefined): string {
  if (server === undefined) return '[ -d "$0" ]';
  const { program, pid, pidFile, pidFileLine } = server;
  const byFile = `
file=$0/${pidFile ?? ""}
if [ -r "$file" ]; then
  ${pidFileLine === undefined ? "" : `grep -qx ${shellWord(pidFileLine)} "$file" || exit 1`}
  pid=$(sed -n 's/^[^0-9]*\\([0-9][0-9]*\\).*/\\1/p; q' "$file")
  is_server "$pid"; exit
fi
# The file is the server's own: another user sees only what it was started with.
for each in /proc/[0-9]*; do
  if is_server "\${each#/proc/}" && tr '\\0' '\\n' < "$each/cmdline" 2>/dev/null | grep -qxF -e "$0"; then exit 0; fi
done
exit 1`;
  // A process of a container has a number in each of the namespaces it is in; seen from inside it has one.
  return `[ -d "$0" ] || exit 1
is_server() {
  case $(cat "/proc/$1/comm" 2>/dev/null) in ${program}) ;; *) return 1 ;; esac
  [ "$(sed -n 's/^NSpid://p' "/proc/$1/status" | wc -w)" -le 1 ]
}${pidFile === undefined ? `\nis_server ${pid ?? 0}` : byFile}`;
}
