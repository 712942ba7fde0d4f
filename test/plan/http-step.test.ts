import { expect, test } from "vitest";
import { httpStep } from "../../src/plan/http-step.ts";
import { httpStepSchema } from "../../src/runbook/http-schema.ts";
import { typeable } from "../../src/step/command.ts";
import type { Mode } from "../../src/step/mode.ts";
import { stepSchema } from "../../src/step/step.ts";

const planned = (fields: object, mode: Mode = "live", secrets = {}) => {
  const step = httpStepSchema.parse({
    id: "health",
    kind: "http",
    url: "http://localhost/health",
    ...fields,
  });
  // As it is kept in plan.json.
  return stepSchema.parse(httpStep(step, { mode, secrets, on: [] }));
};

test("a question can be typed, and holds no secret", () => {
  const fields = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"password":"$LOGIN_PASSWORD"}',
    expect: { status: 200 },
    within: "2m",
  };
  const [check] = planned(fields, "live", { LOGIN_PASSWORD: "login.env.LOGIN_PASSWORD" }).checks;
  expect(check && "argv" in check.source ? typeable(check.source) : "").toBe(
    `lifeboat http --method POST --header 'content-type: application/json' --body '{"password":"$LOGIN_PASSWORD"}' http://localhost/health`,
  );
  expect(check).toMatchObject({
    source: { secrets: { LOGIN_PASSWORD: "login.env.LOGIN_PASSWORD" } },
    poll: { upToMs: 120_000, for: "the right answer" },
  });
});

test("what is waited for ends before the step's own time is over", () => {
  const step = planned({ within: "10m" });
  expect(step.timeoutMs).toBeGreaterThan(step.checks[0]?.poll?.upToMs ?? 0);
});

test("a dry run prints it, a drill only asks the live application when the runbook says so", () => {
  expect(planned({}, "dry-run").does).toBe("print");
  expect(planned({}, "drill")).toMatchObject({ does: "print", printedBecause: "live only" });
  expect(planned({ drill: "run" }, "drill").does).toBe("run");
  expect(planned({}, "live")).toMatchObject({ does: "run", effect: "reads", commands: [] });
});

test("what changes something is a command that judges its own answer, behind a gate when it cannot be taken back", () => {
  const step = planned({
    method: "DELETE",
    effect: "irreversible",
    target: "cache",
    expect: { status: 204 },
  });
  expect(step).toMatchObject({
    effect: "irreversible",
    gate: { expect: "cache", flag: "--confirm cache" },
    commands: [{ token: "as expected" }],
    checks: [],
  });
  expect(step.commands[0]?.argv).toContain('{"status":204}');
});
