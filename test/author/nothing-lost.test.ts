import { describe, expect, test } from "vitest";
import { hideSecrets } from "../../src/author/hide-secrets.ts";
import { allText, fromMarkdown, lintLines, procedureNames, procedureText } from "./make.ts";

const names = await procedureNames();

/** Marks of Markdown and shells in front of a line, which carry nothing. */
const bare = (line: string): string =>
  line
    .trim()
    .replace(/^(?:>\s*)+/, "")
    .replace(/^(?:[-*+]|\d+[.)])\s+/, "")
    .replace(/^\[[ xX]\]\s+/, "")
    .replace(/^#+\s+/, "")
    .replace(/\s*\\$/, "")
    .trim();

const plain = (text: string): string => text.replaceAll(/[*`_]/g, "");
const isMark = (line: string): boolean => /^\s*(?:```.*|---|\|?[\s:|-]+\|)$/.test(line);
/** The files as one text: comment marks, folds and the escape for a literal ${ do not matter. */
const flat = (text: string): string =>
  text
    .replaceAll("$${", "${")
    .replaceAll(/\n\s*#*\s*/g, "\n")
    .replaceAll(/\s+/g, " ");

describe.each(names)("%s", (name) => {
  test("every line of the procedure stands in a step, a manual step or a comment", async () => {
    const markdown = await procedureText(name);
    const made = flat(allText(fromMarkdown(markdown, name)));
    const hidden = hideSecrets(markdown).text;
    const lost = hidden.split("\n").filter((line) => {
      if (line.trim() === "" || isMark(line)) return false;
      const words = bare(line);
      const isThere = [words, plain(words)].some(
        (form) => made.includes(flat(form)) || plain(made).includes(flat(form)),
      );
      const cells = words.split("|").map((cell) => cell.trim());
      return !isThere && !cells.every((cell) => made.includes(cell));
    });
    expect(lost).toEqual([]);
  });

  test("what is written passes lint", async () => {
    expect(await lintLines(fromMarkdown(await procedureText(name), name))).toEqual([]);
  });

  test("no guess is unmarked as one and every mark is counted", async () => {
    const made = fromMarkdown(await procedureText(name), name);
    const marks = allText(made).match(/# check: /g) ?? [];
    expect(made.checks).toHaveLength(marks.length);
    for (const { file, line, says } of made.checks) {
      const text = made.files.find((one) => one.name === file)?.text.split("\n")[line - 1];
      expect(text).toContain(says);
    }
  });
});

/** Markdown of random pieces, the same for the same seed. */
function randomProcedure(seed: number): string {
  let state = seed;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const pieces = [
    (n: number) => `## Restore part ${n}`,
    (n: number) => `### Step ${n}: do it`,
    (n: number) => `Some words about number ${n}.`,
    (n: number) => `- a point ${n}\n- another point ${n}\n  - nested point ${n}`,
    (n: number) => `1. first ${n}\n2. second ${n}\n\n   \`\`\`sh\n   echo inner-${n}\n   \`\`\``,
    (n: number) => `- [ ] tick ${n}\n- [x] ticked ${n}`,
    (n: number) =>
      `\`\`\`bash\n# about ${n}\ngunzip -c /b/db_2026011${n % 10}.sql.gz | psql shop\ncustom-tool --number ${n} "a b"\n\`\`\``,
    (n: number) => `\`\`\`yaml\nkey: value-${n}\n# comment ${n}\n\`\`\``,
    (n: number) => `> **Warning** beware of ${n}`,
    (n: number) => `| a | b |\n|---|---|\n| cell ${n} | other ${n} |`,
    (n: number) => `**Bold heading ${n}**`,
    (n: number) => `\`\`\`\nfor i in 1 2; do\n  run-${n} "$i"\ndone\n\`\`\``,
    (n: number) => `Quoted "text" with 'quotes' & {braces} \${NAME} #hash: ${n}`,
    (n: number) => `    indented code ${n}`,
  ];
  const blocks = Array.from(
    { length: 12 + next(20) },
    (_none, at) => pieces[next(pieces.length)]?.(at * 7 + next(5)) ?? "",
  );
  return `# Recovery\n\n${blocks.join("\n\n")}\n`;
}

test.each(["${DISK%?}", "${}", "${1}", "$${X}", "${A:-b}", "${A", "{{ x }}", "%{y}"])(
  "%s in any place of a procedure is never taken for a variable of Lifeboat's",
  async (word) => {
    const markdown = `# Recovery ${word}\n\n## Restore ${word}\n\nUse this when ${word}.\n\n> **Warning** mind ${word}\n\n### Step 1: ${word}\n\n1. do ${word}\n\n\`\`\`sh\n# about ${word}\necho ${word}\nfrobnicate "${word}" now\n\`\`\`\n\n- [ ] tick ${word}\n\n\`\`\`bash\nif true; then\n  echo "${word}"\nfi\n\`\`\`\n\n> **Caution** ${word}\n\n| a | ${word} |\n|---|---|\n| b | ${word} |\n`;
    const made = fromMarkdown(markdown);
    expect(await lintLines(made)).toEqual([]);
    expect(allText(made).replaceAll("$${", "${")).toContain(word.replaceAll("$${", "${"));
  },
);

test("no line of a hundred random procedures is lost, and all of them pass lint", async () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const markdown = randomProcedure(seed);
    const made = fromMarkdown(markdown);
    const text = flat(allText(made));
    const lost = markdown.split("\n").filter(
      (line) =>
        line.trim() !== "" &&
        !isMark(line) &&
        ![bare(line), plain(bare(line))].some((form) => plain(text).includes(plain(flat(form)))) &&
        !bare(line)
          .split("|")
          .every((cell) => text.includes(cell.trim())),
    );
    expect({ seed, lost }).toEqual({ seed, lost: [] });
    expect({ seed, lint: await lintLines(made) }).toEqual({ seed, lint: [] });
  }
}, 60_000);
