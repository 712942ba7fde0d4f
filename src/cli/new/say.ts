import type { LookResult } from "../../author/look/look-result.ts";
import type { NewSystem } from "../../author/new-system.ts";
import type { Procedure } from "../../author/procedure/read-procedure.ts";
import type { Candidate } from "../../author/found/candidate.ts";
import { counted } from "../../base/size.ts";
import { wrapProse } from "../../report/wrap.ts";
import type { Problem } from "../../runbook/problem.ts";

/** What was found, before anything is asked. */
export function foundLines(
  look: LookResult,
  stores: readonly Candidate[],
  procedure: Procedure | undefined,
): string[] {
  const files = [...look.compose.map(({ path }) => path), ...look.env.map(({ path }) => path)];
  const widest = Math.max(0, ...stores.map(({ name }) => name.length));
  const backups = look.backups.filter(({ kind }) => kind !== undefined);
  return [
    ...(files.length === 0 ? [] : [`Read: ${files.join(", ")}`]),
    ...look.unread.map(
      (path) =>
        `Not read: ${path} is no compose file, or its YAML is broken: docker compose config says where.`,
    ),
    ...(procedure === undefined
      ? []
      : [
          `Read: ${procedure.source.name}, ${counted(procedure.source.lines.length, "line")}, ${counted(procedure.scenarios.length, "scenario")}`,
        ]),
    stores.length === 0
      ? "No store was found here: a PostgreSQL database is taken, change it by hand."
      : `Stores that hold data:`,
    ...stores.map(({ name, kind, from }) => `  ${name.padEnd(widest)}  ${kind}, from ${from}`),
    ...(backups.length === 0
      ? []
      : [
          "Backups:",
          ...backups.slice(0, 6).map(({ pattern, count, kind }) => `  ${pattern}  (${count}, ${kind})`),
        ]),
  ];
}

interface MadeFacts {
  made: NewSystem;
  name: string;
  folder: string;
  problems: readonly Problem[];
  isDry: boolean;
  /** Width of the terminal. */
  columns: number;
  procedure: Procedure | undefined;
}

/** What was written, what has to be looked at, and what to type next. */
export function madeLines({ made, name, folder, problems, isDry, procedure, columns }: MadeFacts): string[] {
  const widest = Math.max(...made.files.map((file) => file.name.length));
  const files = made.files.map((file) => {
    const steps = made.steps[file.name.replace(/\.yaml$/, "")];
    const holds = steps === undefined ? counted(made.stores.length, "store") : counted(steps, "step");
    return `  ${file.name.padEnd(widest)}  ${holds}`;
  });
  return [
    "",
    `${isDry ? "Would write" : "Written"}: ${folder}, linted: no errors.`,
    ...files,
    ...fromProcedure(made, procedure),
    "",
    ...checkLines(made, folder, columns),
    ...nextLines(made, name, folder, unsetIn(problems), isDry),
  ];
}

function fromProcedure(made: NewSystem, procedure: Procedure | undefined): string[] {
  if (procedure === undefined) return [];
  return [
    ...(made.kept === 0
      ? []
      : [
          `  ${counted(made.kept, "line")} of ${procedure.source.name} that are no steps stand at the end of system.yaml.`,
        ]),
    ...(made.notInProcedure.length === 0
      ? []
      : [`  ${procedure.source.name} does not say how to bring back: ${made.notInProcedure.join(", ")}.`]),
  ];
}

function checkLines({ checks }: NewSystem, folder: string, columns: number): string[] {
  if (checks.length === 0) return [];
  return [
    `${checks.length === 1 ? "1 guess" : `${checks.length} guesses`} to look at:`,
    ...checks.flatMap(({ file, line, says }) => {
      const place = `  ${folder}/${file}:${line}`;
      const whole = `${place}  ${says}`;
      return whole.length <= columns
        ? [whole]
        : [place, ...wrapProse(says, "", columns - 6).map((part) => `      ${part}`)];
    }),
    "",
  ];
}

const unsetIn = (problems: readonly Problem[]): string[] => [
  ...new Set(problems.flatMap(({ message }) => /^(\w+) is not set;/.exec(message)?.[1] ?? [])),
];

function nextLines(
  { steps }: NewSystem,
  name: string,
  folder: string,
  unset: readonly string[],
  isDry: boolean,
): string[] {
  const runbook = "full-restore" in steps ? "full-restore" : (Object.keys(steps)[0] ?? "full-restore");
  if (isDry) return ["Nothing was written. Without --dry-run it is."];
  return [
    "Next:",
    ...(unset.length === 0 ? [] : [`  set, here or in an env file: ${unset.join(", ")}`]),
    `  lifeboat lint ${folder}`,
    `  lifeboat plan ${name} ${runbook}`,
    `  lifeboat run ${name} ${runbook} --dry-run`,
  ];
}
