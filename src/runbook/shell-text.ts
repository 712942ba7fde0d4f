import { basename } from "node:path";
import { STEP_LISTS } from "./runbook-schema.ts";
import type { DocPath } from "./source-document.ts";

const SHELLS = new Set(["sh", "bash", "dash", "ash", "zsh", "ksh", "fish", "su", "runuser"]);
/** ssh options that take the next word as their value. */
const SSH_WITH_VALUE = /^-[A-Za-z]*[BbcDEeFIiJLlmOopQRSWw]$/;
/** Every shell sets these itself. */
const ALWAYS_SET = new Set([
  "HOME",
  "PATH",
  "PWD",
  "USER",
  "LOGNAME",
  "RANDOM",
  "SECONDS",
  "IFS",
  "OPTARG",
  "OPTIND",
]);

/**
 * The positions in an argv that a shell will read as a script: after `sh -c` anywhere, and everything behind the
 * destination of `ssh`. Values are never put into these; the script reads its variables from the environment.
 */
export function shellTextAt(argv: readonly unknown[]): Set<number> {
  const found = new Set<number>();
  for (const [i, word] of argv.entries()) {
    if (typeof word !== "string") continue;
    const program = basename(word);
    if (SHELLS.has(program)) addScript(argv, i, found);
    if (program === "ssh" && i === 0) addRemote(argv, found);
  }
  return found;
}

function addScript(argv: readonly unknown[], shell: number, found: Set<number>): void {
  for (let i = shell + 1; i < argv.length; i += 1) {
    const word = argv[i];
    if (typeof word !== "string" || !/^[-+]/.test(word)) {
      // su and runuser name a user before -c.
      if (i === shell + 1 || argv[i - 1] === "-o") continue;
      return;
    }
    if (/^-[a-zA-Z]*c$|^--command$/.test(word)) {
      found.add(i + 1);
      return;
    }
  }
}

function addRemote(argv: readonly unknown[], found: Set<number>): void {
  let i = 1;
  while (i < argv.length && String(argv[i]).startsWith("-"))
    i += SSH_WITH_VALUE.test(String(argv[i])) ? 2 : 1;
  for (let rest = i + 1; rest < argv.length; rest += 1) found.add(rest);
}

/** Calls back for each shell text of a runbook's data: `run` and `probe` of its steps. */
export function eachShellText(
  runbook: unknown,
  visit: (path: DocPath, script: string, step: Record<string, unknown>) => void,
): void {
  for (const list of STEP_LISTS)
    for (const [i, step] of listAt(runbook, list).entries()) {
      if (typeof step !== "object" || step === null) continue;
      for (const field of ["run", "probe"]) {
        const argv = listAt(step, field);
        for (const position of shellTextAt(argv)) {
          const script = argv[position];
          if (typeof script === "string") visit([list, i, field, position], script, { ...step });
        }
      }
    }
}

function listAt(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const item: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  return Array.isArray(item) ? item : [];
}

/** Names a script reads as `${NAME}` though neither the step's env nor the script itself sets them. */
export function unknownInScript(script: string, env: ReadonlySet<string>): string[] {
  const names = [...script.matchAll(/(?<!\\)\$\{([A-Za-z_]\w*)\}/g)].map((m) => m[1] ?? "");
  return [...new Set(names)].filter((name) => {
    const setInScript = new RegExp(`\\b${name}=|\\bfor\\s+${name}\\b|\\bread\\b[^;|\\n]*\\b${name}\\b`);
    return !env.has(name) && !ALWAYS_SET.has(name) && !setInScript.test(script);
  });
}
