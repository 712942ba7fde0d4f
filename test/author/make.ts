import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type NewSystem, newSystem } from "../../src/author/new-system.ts";
import { type LookResult, NOTHING_FOUND } from "../../src/author/look/look-result.ts";
import { readProcedure } from "../../src/author/procedure/read-procedure.ts";
import type { Answers } from "../../src/author/system-draft.ts";
import { lint } from "../../src/runbook/lint.ts";
import { problemLine } from "../../src/runbook/problem.ts";

const FOLDER = join(import.meta.dirname, "procedures");

export const procedureText = (name: string): Promise<string> => readFile(join(FOLDER, `${name}.md`), "utf8");

export const procedureNames = async (): Promise<string[]> =>
  (await readdir(FOLDER)).map((name) => name.replace(/\.md$/, "")).toSorted();

export const answers = (name: string): Answers => ({
  name,
  title: name,
  environment: "production",
  rto: "4h",
  rpo: "24h",
  guessed: new Set(),
  leaveOut: new Set(),
});

/** A system made from Markdown alone. */
export function fromMarkdown(markdown: string, name = "shop", look: LookResult = NOTHING_FOUND): NewSystem {
  return newSystem(look, answers(name), [], readProcedure("PROCEDURE.md", markdown));
}

export const textOf = ({ files }: NewSystem, name: string): string =>
  files.find((file) => file.name === name)?.text ??
  `there is no ${name}, only ${files.map((file) => file.name).join(", ")}`;

export const allText = ({ files }: NewSystem): string => files.map(({ text }) => text).join("\n");

/** What lint says of the files, besides variables that nobody has set. */
export async function lintLines({ files }: NewSystem): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), "lifeboat-author-"));
  try {
    const folder = join(root, "shop");
    await mkdir(folder);
    for (const { name, text } of files) await writeFile(join(folder, name), text);
    const { problems } = await lint([folder], {});
    return problems
      .filter(({ message }) => !/is not set/.test(message))
      .map((problem) => problemLine({ ...problem, path: problem.path.slice(root.length + 1) }));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const runbook = z.looseObject({
  title: z.string(),
  scenario: z.string(),
  "before-you-start": z.array(z.string()).default([]),
  "bring-up": z.array(z.looseObject({ id: z.string(), kind: z.string() })).default([]),
  steps: z.array(z.looseObject({ id: z.string(), kind: z.string() })),
});
/** A runbook that was made, as plain data. */
export const read = (made: NewSystem, name: string): z.infer<typeof runbook> =>
  runbook.parse(parse(textOf(made, `${name}.yaml`)));
const system = z.looseObject({
  hosts: z.record(z.string(), z.looseObject({ kind: z.string() })).default({}),
  stores: z.record(
    z.string(),
    z.looseObject({
      kind: z.string(),
      database: z.string().optional(),
      backups: z.array(z.looseObject({ path: z.string() })),
    }),
  ),
});
/** Its system.yaml, as plain data. */
export const storesIn = (made: NewSystem): z.infer<typeof system> =>
  system.parse(parse(textOf(made, "system.yaml")));
/** The kinds of its steps in order; those of bring-up with "up" in front. */
export const kinds = (made: NewSystem, name: string): string[] => {
  const { "bring-up": up, steps } = read(made, name);
  return [...up.map(({ kind }) => `up ${kind}`), ...steps.map(({ kind }) => kind)];
};
/** Names of the files without their ending. */
export const names = ({ files }: NewSystem): string[] => files.map(({ name }) => name.replace(".yaml", ""));
/** A procedure of one scenario, "Restore", with one shell block. */
export const shell = (...lines: string[]): string =>
  `# Recovery\n\n## Restore\n\n\`\`\`sh\n${lines.join("\n")}\n\`\`\`\n`;
