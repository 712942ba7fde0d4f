import { expect, test } from "vitest";
import { recognize } from "../../src/author/shell/recognize.ts";
import { fromMarkdown, lintLines } from "./make.ts";

/** The same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

const PIECES =
  "' \" ` $ $( ${ ) } ( { | || & && ; < > << <<EOF >> \\ \n # ~ * ? ! [ ] = - -- -c -f / . , : @ % ^ + 1 a psql docker exec compose run -v kubectl scale ssh sudo cd mc mirror redis-cli --replicas=0 pg_restore $X ${Y:-z} x.sql.gz <b> \u0000 é \t".split(
    " ",
  );

const text = (next: (below: number) => number, longest: number): string =>
  Array.from(
    { length: 1 + next(longest) },
    () => `${PIECES[next(PIECES.length)] ?? ""}${next(3) === 0 ? "" : " "}`,
  ).join("");

test("no text in a shell block makes the reader fail or go on for ever", () => {
  const next = numbers(7);
  for (let at = 0; at < 5000; at += 1) {
    const statement = text(next, 20);
    expect(() => recognize(statement), JSON.stringify(statement)).not.toThrow();
  }
});

test("whatever a procedure holds, what is written passes lint", async () => {
  const next = numbers(11);
  const marks = [
    "## ",
    "### Step 1: ",
    "- ",
    "1. ",
    "- [ ] ",
    "> ",
    "> **Warning** ",
    "",
    "| ",
    "**",
    "```sh\n",
    "```\n",
    "    ",
    ":::warning\n",
    "---\n",
    "<!-- ",
  ];
  for (let at = 0; at < 150; at += 1) {
    const lines = Array.from({ length: 25 }, () => `${marks[next(marks.length)] ?? ""}${text(next, 6)}`);
    const markdown = `# R\n\n## Restore\n\n1. Do it\n\n${lines.join("\n")}`;
    expect(await lintLines(fromMarkdown(markdown)), JSON.stringify(markdown)).toEqual([]);
  }
}, 60_000);
