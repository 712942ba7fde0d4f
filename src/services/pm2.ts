import { shellLine, shellWord } from "../base/quote.ts";
import type { Manager, Target } from "./manager.ts";

/** pm2 writes what it pleases before its list, lines that begin with a bracket among it. node is there wherever pm2 is. */
const LIST = `let text = "";
process.stdin.on("data", (more) => (text += more)).on("end", () => {
  const begin = text.search(/^\\[(\\{|\\]|\\s*$)/m);
  if (begin < 0) { console.error("pm2 jlist printed no list: " + text.slice(-200)); process.exit(1); }
  for (const { name, pid, pm2_env: env } of JSON.parse(text.slice(begin))) {
    const up = ["online", "launching", "stopping", "waiting restart"].includes(env.status);
    const age = Math.max(0, Date.now() - env.pm_uptime) / 1000;
    const state = env.status.replace(/ /g, "-");
    console.log(name, up ? "up" : "down", state, pid + "@" + env.pm_uptime, "restarts=" + env.unstable_restarts, up ? "age=" + age : "");
  }
});`;

const list = `  said=$(pm2 jlist) || return
  said=$(printf '%s\\n' "$said" | node -e ${shellWord(LIST)}) || return`;

const startWords = ({ file, environment }: Target): string[] => [
  "pm2",
  "start",
  ...(file === undefined ? [] : [file]),
  ...(environment === undefined ? [] : ["--env", environment]),
];

export const pm2: Manager = {
  words: "pm2",
  look: () => `${list}
  for name do printf '%s\\n' "$said" | awk -v name="$name" '$1 == name'; done`,
  before: ({ names }, verb) => `set --
known=$(
${list}
  printf '%s\\n' "$said" | awk '{ print $1 }'
) || exit
test -z "$known" || printf 'known %s\\n' $known
set -- ${shellLine(verb === "wait" ? [] : names)}`,
  act: (target, verb) => {
    if (verb !== "start") return `pm2 ${verb} "$@"`;
    if (target.file === undefined) return 'pm2 start "$@"';
    // What the file names and already runs would be started anew.
    return `only=$(printf '%s,' "$@")\n${shellLine(startWords(target))} --only "\${only%,}"`;
  },
  argv: (target, verb, names) => {
    if (verb !== "start" || target.file === undefined) return ["pm2", verb, ...names];
    return [...startWords(target), ...(names.length === 0 ? [] : ["--only", names.join(",")])];
  },
  // What was stopped is still known to it.
  back: (_target, verb) => (verb === "stop" ? 'pm2 start "$@"' : 'pm2 stop "$@"'),
  logs: (name) => shellLine(["pm2", "logs", "--nostream", "--lines", "50", name]),
  hopeless: ({ state }) => (state === "errored" ? "pm2 has given it up" : undefined),
  secrets: () => ({}),
};
