import { expect, test } from "vitest";
import { recognize } from "../../src/author/shell/recognize.ts";
import { fromMarkdown, lintLines, names, procedureText } from "./make.ts";

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

const jumble = (next: (below: number) => number, longest: number): string =>
  Array.from(
    { length: 1 + next(longest) },
    () => `${PIECES[next(PIECES.length)] ?? ""}${next(3) === 0 ? "" : " "}`,
  ).join("");

test("no text in a shell block makes the reader fail or go on for ever", () => {
  const next = numbers(7);
  for (let at = 0; at < 5000; at += 1) {
    const statement = jumble(next, 20);
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
    const lines = Array.from({ length: 25 }, () => `${marks[next(marks.length)] ?? ""}${jumble(next, 6)}`);
    const markdown = `# R\n\n## Restore\n\n1. Do it\n\n${lines.join("\n")}`;
    expect(await lintLines(fromMarkdown(markdown)), JSON.stringify(markdown)).toEqual([]);
  }
}, 60_000);

test.each([
  ["CRLF line ends", (text: string) => text.replaceAll("\n", "\r\n")],
  ["tabs", (text: string) => text.replaceAll("   ", "\t")],
  ["a byte order mark", (text: string) => `\uFEFF${text}`],
  ["no newline at its end", (text: string) => text.trimEnd()],
])("a procedure with %s is read like any other", async (_what, change) => {
  const text = await procedureText("vending");
  const made = fromMarkdown(change(text), "vending");
  expect(names(made)).toEqual(names(fromMarkdown(text, "vending")));
  expect(await lintLines(made)).toEqual([]);
});

test("a long procedure is read in seconds", () => {
  const part =
    "## Restore part N\n\n```sh\nfrobnicate --all N\npsql shop < d_20260101.sql\n```\n\nWords about N.\n\n";
  const text = `# R\n\n${Array.from({ length: 800 }, (_none, at) => part.replaceAll("N", String(at))).join("")}`;
  const before = performance.now();
  fromMarkdown(text);
  expect(performance.now() - before).toBeLessThan(10_000);
});
