import type { NewFile } from "./draft.ts";

/** A line that somebody has to look at. */
export interface Check {
  file: string;
  line: number;
  says: string;
}

/** The `# check:` lines of a file. */
export function checksIn({ name, text }: NewFile): Check[] {
  return text.split("\n").flatMap((line, at) => {
    const says = /#\s*check:\s*(.*)$/.exec(line)?.[1];
    return says === undefined ? [] : [{ file: name, line: at + 1, says }];
  });
}
