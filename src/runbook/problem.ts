import { EXIT } from "../base/exit-codes.ts";
import { LifeboatError } from "../base/errors.ts";

/** Line and column, both from 1, columns in characters as editors count them. */
export interface Place {
  line: number;
  column: number;
}

/** Something wrong in a file the team wrote, at the key or value itself. */
export interface Problem extends Place {
  path: string;
  message: string;
  severity: "error" | "warning";
}

/** As compilers print it: `a/system.yaml:3:12: unknown store kind "postgress", did you mean "postgres"?` */
export function problemLine(problem: Problem): string {
  const { path, line, column, message, severity } = problem;
  return `${path}:${line}:${column}: ${severity === "warning" ? "warning: " : ""}${message}`;
}

/** By file, then by place; the same finding is told once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems
    .filter((p) => !seen.has(problemLine(p)) && seen.add(problemLine(p)))
    .toSorted((a, b) => a.path.localeCompare(b.path) || a.line - b.line || a.column - b.column);
}

export const isError = (problem: Problem): boolean => problem.severity === "error";

/** Exit 10: every error at once, a line each. */
export function invalidError(problems: readonly Problem[]): LifeboatError {
  const errors = sortProblems(problems.filter(isError));
  const files = [...new Set(errors.map((p) => p.path))];
  return new LifeboatError(EXIT.invalid, {
    what: `${files.join(" and ")} cannot be used: ${errors.length} ${errors.length === 1 ? "problem" : "problems"}`,
    ...(errors[0] === undefined ? {} : { where: `${errors[0].path}:${errors[0].line}:${errors[0].column}` }),
    why: errors.map(problemLine).join("\n"),
    next: `correct it; "lifeboat lint ${files[0] ?? ""}" checks it again`,
  });
}
