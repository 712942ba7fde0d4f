import { eachShellText, unknownInScript } from "./shell-text.ts";
import { interpolate, type Lookup, type Use } from "./interpolate.ts";
import type { Problem } from "./problem.ts";
import { recordOf } from "./raw.ts";
import { type DocPath, dotted, type SourceDocument, spotKey } from "./source-document.ts";

/** A variable nobody set, where it is used. */
export interface UnsetVariable {
  name: string;
  path: string;
  line: number;
  column: number;
  /** Inside the document: "stores.database.url". */
  at: string;
  inside: DocPath;
}

/** A document with its variables put in. */
export interface Resolved {
  document: SourceDocument;
  value: unknown;
  uses: Use[];
  unset: UnsetVariable[];
  problems: Problem[];
  /** Whether the value at a path lacks a variable, so that judging it would mislead. */
  isOpen(path: DocPath): boolean;
}

/** Puts variables into a document's values, except into text that a shell reads. */
export function resolve(document: SourceDocument, lookup: Lookup): Resolved {
  const scripts = new Set<string>();
  const problems: Problem[] = [];
  eachShellText(document.value, (path, script, step) => {
    scripts.add(spotKey(path));
    for (const name of unknownInScript(script, new Set(Object.keys(recordOf(step["env"]))))) {
      const place = document.textAt(path, `\${${name}}`);
      const says = `\${${name}} in shell text is left to the shell, so that no value is ever spliced into a script: give this step env: { ${name}: "\${${name}}" }`;
      problems.push(document.problem(place, says));
    }
  });
  const { value, uses, faults } = interpolate(document.value, lookup, (path) => scripts.has(spotKey(path)));
  for (const fault of faults)
    problems.push(document.problem(document.textAt(fault.path, fault.written), fault.message));
  const unset = uses.filter((use) => use.value === undefined).map((use) => unsetAt(document, use));
  const open = new Set(unset.map((variable) => spotKey(variable.inside)));
  return { document, value, uses, unset, problems, isOpen: (path) => open.has(spotKey(path)) };
}

function unsetAt(document: SourceDocument, use: Use): UnsetVariable {
  const place = document.textAt(use.path, use.written);
  return { name: use.name, path: document.path, ...place, at: dotted(use.path), inside: use.path };
}

/** How lint tells of it. */
export function unsetProblem(unset: UnsetVariable): Problem {
  const { path, line, column, name, at } = unset;
  return { path, line, column, message: `${name} is not set; ${at} needs it`, severity: "warning" };
}
