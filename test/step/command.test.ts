import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { typeable } from "../../src/step/command.ts";

const argv = ["printf", "%s|", "a b", "it's", "x".repeat(50), "--flag", "y".repeat(30), "$HOME", "\\"];
const command = { argv, env: { ONE: "1 2", TWO: "z".repeat(40) }, secrets: {}, cwd: "/" };

test.each([20, 60, 78, 200])("broken at %i columns, a shell still reads the same command", (columns) => {
  const text = typeable(command, columns);
  expect(execFileSync("sh", ["-c", text], { encoding: "utf8" })).toBe(`${argv.slice(2).join("|")}|`);
  const long = text.split("\n").filter((line) => line.length > columns);
  expect(long.filter((line) => line.trim().split(" ").length > 2)).toEqual([]);
});

test("without a width it is one line, and what it is fed is never broken", () => {
  expect(typeable(command)).not.toContain("\\\n");
  const fed = { ...command, argv: ["cat"], stdin: `${"q ".repeat(80)}\n` };
  expect(execFileSync("sh", ["-c", typeable(fed, 40)], { encoding: "utf8" })).toBe(`${"q ".repeat(80)}\n`);
});
