import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXIT_MEANING } from "../src/base/exit-codes.ts";
import { VERSION } from "../src/cli/version.ts";
import { keyTableMarkdown } from "../src/tui/keys.ts";

const root = join(import.meta.dirname, "..");
const readme = await readFile(join(root, "README.md"), "utf8");
const packageJson: {
  version: string;
  dependencies: Record<string, string>;
  scripts: Record<string, string>;
} = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

/** Without what the formatter does to tables. */
const bare = (text: string): string =>
  text.replaceAll(/ +/g, " ").replaceAll(/-{2,}/g, "---").replaceAll(/ \|$/gm, " |").trim();

function section(name: string): string {
  const [, body] = new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)<!-- /${name} -->`).exec(readme) ?? [];
  return bare(body ?? "");
}

test("the README's keys are those of the key table", () => {
  expect(section("keys")).toBe(bare(keyTableMarkdown()).replaceAll("|---|---|", "| --- | --- |"));
});

test("the README's exit codes are those of the table", () => {
  const rows = Object.entries(EXIT_MEANING).map(([code, meaning]) => `| ${code} | ${meaning} |`);
  expect(section("exit-codes")).toBe(bare(["| exit | meaning |", "| --- | --- |", ...rows].join("\n")));
});

test("every dependency has its line in the README", () => {
  for (const name of Object.keys(packageJson.dependencies))
    expect(readme).toMatch(new RegExp(`^\\|.*[ ,]${name}\\b`, "m"));
});

test("every npm script the README names exists", () => {
  for (const [, name = ""] of readme.matchAll(/npm run ([a-z]+)/g))
    expect(packageJson.scripts).toHaveProperty(name);
});

test("the version of the program is that of the package", () => {
  expect(VERSION).toBe(packageJson.version);
});
