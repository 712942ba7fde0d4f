import { expect, test } from "vitest";
import { servicesStepSchema, type ServicesStep } from "../../src/runbook/services-schema.ts";
import { placesOf } from "../../src/runbook/place.ts";
import { actOf } from "../../src/services/act.ts";

const stack = placesOf({ stack: { kind: "compose", files: ["/srv/compose.yml"] } }).get("stack");
const step = (id: string, verb: string, names: string[]): ServicesStep =>
  servicesStepSchema.parse({ id, kind: "services", host: "stack", do: verb, names });

/** Which stops the start of these names looks back to: "names: ids". */
function after(names: string[], ...earlier: ServicesStep[]): string[] {
  if (stack === undefined) throw new Error("no place");
  const run = { id: "r", tag: "t", dir: "/runs/r" };
  const act = actOf(step("now", "start", names), "start", { place: stack, run, program: undefined, earlier });
  return act.after.map((one) =>
    `${one.names.join("+")}: ${one.records.join(" ")}`.replaceAll("/runs/r/services-", ""),
  );
}

test("a start looks back to the stop that was about its names", () => {
  expect(after(["a", "b"], step("one", "stop", ["a", "b", "c"]))).toEqual(["a+b: one"]);
  expect(after(["a", "b"], step("one", "stop", []))).toEqual(["a+b: one"]);
  expect(after(["a", "b"], step("one", "stop", ["a"]))).toEqual(["a: one"]);
  expect(after(["a"])).toEqual([]);
});

test("two stops in a row both count, a start between them ends it", () => {
  const [one, two] = [step("one", "stop", ["a"]), step("two", "stop", [])];
  expect(after(["a", "b"], one, two)).toEqual(["a: one two", "b: two"]);
  expect(after(["a"], one, step("s", "start", ["a"]), two)).toEqual(["a: two"]);
  expect(after(["a"], one, step("s", "up", []))).toEqual([]);
  expect(after([], one, two)).toEqual([": one two"]);
});

test("a start of a whole project after a stop of some knows which", () => {
  expect(after([], step("one", "stop", ["a"]), step("two", "stop", ["b"]))).toEqual(["a+b: one two"]);
});
