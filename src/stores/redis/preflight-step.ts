import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import { askFacts } from "./ask-facts.ts";
import { localScript } from "./client.ts";
import { VERSION_OF } from "./preflight-machine.ts";
import type { RestoreContext } from "./restore-context.ts";
import { WORKING } from "./swap-words.ts";

const MINUTE = 60_000;
const HERE = "this machine";

/** What is asked before anything is touched: programs, the server, room, and whether its files can be moved. */
export function preflightStep(context: RestoreContext): Step {
  const { connection, files, source, isHere, mode, skipSafetyCopy, container, inPod } = context;
  const tool = (name: keyof typeof VERSION_OF): Check => ({
    title: `${name} is here and new enough`,
    source: localScript(VERSION_OF[name]),
    judge: "redis.tool",
    args: { tool: name, rdb: source.rdb, where: container?.way.words ?? HERE },
    onError: "fail",
  });
  const about: Check = {
    title: "what the server says about itself",
    source: askFacts(connection),
    judge: "redis.preflight",
    args: {
      live: mode !== "drill",
      rdb: source.rdb,
      memory: source.memory,
      highestDatabase: Math.max(0, ...(source.manifest?.databases.map(({ db }) => db) ?? [])),
      canStart: inPod || connection.start !== undefined,
      folder: files?.dir ?? null,
      isHere: inPod || isHere,
      appendOn: files?.appendOn ?? false,
      skipSafetyCopy,
    },
    onError: "fail",
  };
  return part(context, "preflight", [], {
    title: "Preflight",
    why: "everything that can be known before anything is touched, all at once",
    effect: "reads",
    checks: [tool("redis-server"), tool("redis-check-rdb"), about, roomCheck(context), ...mayWrite(context)],
    timeoutMs: 2 * MINUTE,
    silenceMs: MINUTE,
    failsAs: "preflight",
  });
}

function roomCheck({ copy, source, container }: RestoreContext): Check {
  // Compressed ones become about four times as large; the append-only file is written anew, too.
  const unpacked = source.format.wrapper === "none" ? source.bytes : source.bytes * 4;
  return {
    title: "room for the copy",
    source: localScript(`d=${shellWord(copy)}; while [ ! -d "$d" ]; do d=$(dirname "$d"); done; df -Pk "$d"
grep MemAvailable /proc/meminfo`),
    judge: "redis.room",
    args: {
      disk: Math.ceil(unpacked * 2.2),
      memory: source.memory,
      where: container === undefined ? HERE : `the machine of ${container.way.words}`,
    },
    onError: "not checked",
  };
}

function mayWrite({ files, isHere, mode, facts, connection }: RestoreContext): Check[] {
  if (mode === "drill" || !files || !isHere) return [];
  const idle = `${WORKING}
pids=$(working)
[ -z "$pids" ] || { echo ${shellWord(`nobody listens at ${connection.address}, and process`)} "$pids works in $dir: is that the address of its server?" >&2; exit 1; }
`;
  // A container's port is published on this machine, its /data is not: a folder of the same name here is somebody else's.
  const here = `[ ! -d /proc/self ] || case $(cat /proc/${Number(facts?.processId)}/comm 2>/dev/null) in
*redis* | *valkey* | *keydb*) ;;
*) echo ${shellWord(`the server at ${connection.address} is no process of this machine, it may be in a container: ${files.dir} is not its folder`)} >&2; exit 1 ;;
esac
`;
  return [
    {
      title: "files can be put into the server's folder",
      source: localScript(`dir=${shellWord(files.dir)}
[ -w "$dir" ] || { echo "$(id -un) may not write into $dir" >&2; exit 1; }
${facts?.running === true ? here : idle}ls -ld "$dir"`),
      judge: "exit",
      args: { name: `${files.dir} can be written to` },
      onError: "fail",
    },
  ];
}
