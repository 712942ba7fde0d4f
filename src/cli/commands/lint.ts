import { EXIT } from "../../base/exit-codes.ts";
import { combinedJsonSchema, type FileKind, jsonSchema } from "../../runbook/json-schema.ts";
import { runbookRoots } from "../../runbook/find.ts";
import { lint } from "../../runbook/lint.ts";
import { isError, problemLine } from "../../runbook/problem.ts";
import type { World } from "../world.ts";

/** `lifeboat lint [PATH…]`: speaks like a compiler; exit 10 when there are errors. */
export async function lintFiles(world: World, paths: readonly string[], json: boolean): Promise<number> {
  const { problems, files } = await lint(
    paths.length > 0 ? paths : runbookRoots(world.env, world.cwd, world.shipped),
    world.env,
  );
  const errors = problems.filter(isError).length;
  if (json) world.stdout.write(`${JSON.stringify({ files, problems }, null, 2)}\n`);
  else {
    for (const problem of problems) world.stdout.write(`${problemLine(problem)}\n`);
    world.stdout.write(`${files} files, ${errors} errors, ${problems.length - errors} warnings\n`);
  }
  return errors > 0 ? EXIT.invalid : EXIT.done;
}

/** `lifeboat schema [system|runbook]`: JSON Schema for editors. */
export function showSchema(world: World, kind: FileKind | undefined): number {
  world.stdout.write(
    `${JSON.stringify(kind === undefined ? combinedJsonSchema() : jsonSchema(kind), null, 2)}\n`,
  );
  return EXIT.done;
}
