import { join } from "node:path";
import { expect, test } from "vitest";
import { loadForPlan } from "../../src/runbook/load.ts";
import { notifyKey } from "../../src/runbook/read-system.ts";
import { folderWith, lintedSystem, RUNBOOK, SYSTEM } from "./files.ts";

const receiver = (text: string): string => `${SYSTEM}notify:\n  - { ${text} }\n`;
const SLACK = receiver('kind: slack, url: "${SLACK:-}"');

test("an address that is not set is a warning: nobody is called", async () => {
  expect(await lintedSystem(SLACK)).toEqual([
    expect.stringMatching(/^system.yaml:7:\d+: warning: the address is empty: nobody is called$/),
  ]);
  expect(await lintedSystem(SLACK, { SLACK: "https://hooks.example/T0/canary" })).toEqual([]);
});

test("an address that cannot be one is an error, and is not shown", async () => {
  const [found = ""] = await lintedSystem(SLACK, { SLACK: "hooks.example/canary" });
  expect(found).toMatch(/has to begin with https/);
  expect(found).not.toContain("canary");
});

test("an address written in the file is a warning, because whoever reads it can write there", async () => {
  const found = await lintedSystem(receiver("kind: webhook, url: https://hooks.example/canary"));
  expect(found).toEqual([expect.stringMatching(/warning: the address is written in the file/)]);
  expect(found.join()).not.toContain("canary");
});

test("what is mistyped is found like everywhere else", async () => {
  const found = await lintedSystem(receiver('kind: slak, url: "${SLACK:-}", after: soon'), {
    SLACK: "https://x/y",
  });
  expect(found.join("\n")).toMatch(/slak/);
  expect(found.join("\n")).toMatch(/a duration such as/);
});

test("the address is a secret: in the vault, and in nothing else that was loaded", async () => {
  const folder = folderWith({ "system.yaml": SLACK, "lost.yaml": RUNBOOK });
  const env = { SLACK: "https://hooks.example/T0/canary" };
  const { system, runbook } = await loadForPlan(join(folder), "lost", env);
  expect(runbook.vault.get(notifyKey(0))).toBe(env.SLACK);
  expect(JSON.stringify([system.system, runbook.runbook])).not.toContain("canary");
  expect(system.system.notify).toEqual([{ kind: "slack", url: "", after: "5m", drills: false }]);
  expect([...system.secretNames]).toContain("SLACK");
});

test("an address used where it would be shown is refused", async () => {
  const found = await lintedSystem(SLACK.replace("App", "${SLACK:-}"), { SLACK: "https://x/canary" });
  expect(found.join("\n")).toContain("would be shown here");
});
