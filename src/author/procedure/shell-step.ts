import type { Value } from "../draft.ts";
import { guess } from "../draft.ts";
import type { Made } from "../steps/make.ts";
import { asVariables, manualStep } from "../steps/make.ts";
import { oneLine } from "../../base/one-line.ts";
import { slug, verbatim } from "../words.ts";

const PLACEHOLDER =
  /<[A-Za-z][^<>|&;\n]*>|\bYOUR[_-]\w+|\byour-[\w-]+|(?:^|[\s/])\.\.\.(?:\s|$)|…|\bX{3,}\b|\[[a-z][a-z _-]+\]|\{\{\s*[\w-]+\s*\}\}|\bYYYY|path\/to\/|example\.(?:com|org)/;

/** Whether a person has to fill something in: then nothing of it can be run as it stands. */
export const isFillIn = (script: string): boolean =>
  PLACEHOLDER.test(script) || /\$[1-9@*#]/.test(script.replaceAll(/'[^']*'/g, ""));

const SET_BY_SHELL = new Set([
  "HOME",
  "PATH",
  "PWD",
  "USER",
  "IFS",
  "RANDOM",
  "SECONDS",
  "OPTARG",
  "LOGNAME",
]);

/** Names a script reads and does not set itself. */
export function namesRead(script: string): string[] {
  const read = [...script.replaceAll(/'[^']*'/g, "").matchAll(/(?<!\\)\$\{?([A-Za-z_]\w*)/g)].map(
    (match) => match[1] ?? "",
  );
  const quoted = [...script.matchAll(/(?<!\\)\$\{([A-Za-z_]\w*)\}/g)].map((match) => match[1] ?? "");
  return [...new Set([...read, ...quoted])].filter(
    (name) =>
      !SET_BY_SHELL.has(name) &&
      !new RegExp(`(?:^|[\\s;(])${name}=|\\bfor\\s+${name}\\b|\\bread\\b[^;|\\n]*\\b${name}\\b`, "m").test(
        script,
      ),
  );
}

const UNKNOWN_TO_IT = "Lifeboat does not know what this does: it asks for this word before it runs";
const DESTROYING =
  "this destroys data, and no restore of Lifeboat needs it: remove the step, or it runs behind this word";
const DESTROYS =
  /\brm\s+-\w*[rf]|\bdown\b.*\s(?:-v|--volumes)\b|\bvolume\s+(?:rm|prune)\b|\bsystem\s+prune\b|\bdelete\s+(?:pvc|pv|ns|namespace|statefulset|sts|persistentvolume\w*)\b|\b(?:drop|truncate)\s+(?:table|database|schema)\b|\bmkfs|\bdd\s+.*of=|--remove\b|--delete\b/i;

export interface ShellText {
  script: string;
  title: string;
  argv: readonly string[] | undefined;
  cwd: string | undefined;
  /** The script itself does not go there. */
  isFolder: boolean;
  isReading: boolean;
  target: string;
}

/** A shell text as a command step behind its gate, or by hand when it cannot run as it stands. */
export function shellStep({ script, title, argv, cwd, isFolder, isReading, target }: ShellText): Made {
  const name = title || titleOfScript(script);
  if (isFillIn(script)) return manualStep(name, script);
  const names = namesRead(script);
  const env: Record<string, Value> =
    names.length === 0 ? {} : { env: Object.fromEntries(names.map((one) => [one, `\${${one}}`])) };
  // With a folder or variables, words and quotes are the shell's business.
  const run =
    argv !== undefined && names.length === 0
      ? argv.map(asVariables)
      : ["bash", "-eu", "-o", "pipefail", "-c", asText(script)];
  const goes = cwd !== undefined && (isFolder || (argv !== undefined && names.length === 0));
  return {
    wish: slug(name),
    comment: [],
    fields: {
      title: verbatim(oneLine(name, 90)),
      kind: "command",
      run,
      ...(goes ? { cwd: asVariables(cwd) } : {}),
      ...env,
      ...(isReading
        ? { effect: "reads" }
        : {
            target: guess(target, DESTROYS.test(script) ? DESTROYING : UNKNOWN_TO_IT),
          }),
    },
  };
}

/** As YAML shows it best: several lines as a block. */
const asText = (script: string): string => (script.includes("\n") ? `${script.trimEnd()}\n` : script);

export const titleOfScript = (script: string): string => {
  const line = script.split("\n").find((one) => one.trim() !== "" && !/^\s*(?:#|set -)/.test(one)) ?? script;
  return oneLine(line.replace(/\\$/, "").trim(), 70);
};
