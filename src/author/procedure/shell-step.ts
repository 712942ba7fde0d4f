import type { Value } from "../draft.ts";
import { guess } from "../draft.ts";
import type { Made } from "../steps/make.ts";
import { asVariables, manualStep } from "../steps/make.ts";
import { oneLine, slug, verbatim } from "../words.ts";

/** What a person has to fill in: then nothing of it can be run as it stands. */
export const PLACEHOLDER =
  /<[A-Za-z][\w .:-]*>|\bYOUR[_-]\w+|\byour-[\w-]+|(?:^|[\s/])\.\.\.(?:\s|$)|…|\bX{3,}\b|\[[a-z][a-z _-]+\]|\{\{|\bYYYY|path\/to\/|\$[1-9@*#]|example\.(?:com|org)/;

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

export interface ShellText {
  script: string;
  title: string;
  argv: readonly string[] | undefined;
  cwd: string | undefined;
  isReading: boolean;
  target: string;
}

/** A shell text as a command step behind its gate, or by hand when it cannot run as it stands. */
export function shellStep({ script, title, argv, cwd, isReading, target }: ShellText): Made {
  const name = title || titleOfScript(script);
  if (PLACEHOLDER.test(script)) return manualStep(name, script);
  const names = namesRead(script);
  const env: Record<string, Value> =
    names.length === 0 ? {} : { env: Object.fromEntries(names.map((one) => [one, `\${${one}}`])) };
  // With a folder or variables, words and quotes are the shell's business.
  const run =
    argv !== undefined && names.length === 0
      ? argv.map(asVariables)
      : ["bash", "-eu", "-o", "pipefail", "-c", asText(script)];
  const isFolder = argv !== undefined && cwd !== undefined && names.length === 0;
  return {
    wish: slug(name),
    comment: [],
    fields: {
      title: verbatim(oneLine(name, 90)),
      kind: "command",
      run,
      ...(isFolder ? { cwd: asVariables(cwd) } : {}),
      ...env,
      ...(isReading
        ? { effect: "reads" }
        : {
            target: guess(
              target,
              "Lifeboat does not know what this does: it asks for this word before it runs",
            ),
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
