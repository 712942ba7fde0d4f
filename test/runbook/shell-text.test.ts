import { expect, test } from "vitest";
import { shellTextAt, unknownInScript } from "../../src/runbook/shell-text.ts";

test.each([
  [["sh", "-c", "X"], [2]],
  [["/bin/bash", "-e", "-o", "pipefail", "-c", "X", "name"], [5]],
  [["bash", "-euc", "X"], [2]],
  [["docker", "exec", "app", "sh", "-c", "X"], [5]],
  [["env", "A=1", "dash", "-c", "X"], [4]],
  [["su", "postgres", "-c", "X"], [3]],
  [
    ["ssh", "-p", "22", "host", "rm", "X"],
    [4, 5],
  ],
  [["ssh", "-4", "host"], []],
  [["psql", "-c", "X"], []],
  [["sh", "script.sh", "X"], []],
  [["npx", "prisma", "migrate", "deploy"], []],
])("in %j a shell reads %j", (argv, expected) => {
  expect([...shellTextAt(argv)]).toEqual(expected);
});

test("names the script sets itself are its own", () => {
  const script = "A=1; for b in 1; do read -r c; echo ${A} ${b} ${c} ${D} ${E:-x} ${HOME} ${F}; done";
  expect(unknownInScript(script, new Set(["F"]))).toEqual(["D"]);
});
