import { expect, test } from "vitest";
import { combinedJsonSchema, jsonSchema } from "../../src/runbook/json-schema.ts";
import { schemaNodeAt } from "../../src/runbook/schema-node.ts";

test("a key with a default may be left out: the schema speaks of what is written", () => {
  expect(jsonSchema("system").required).toEqual(["title", "stores"]);
  expect(jsonSchema("runbook").required).toEqual(["title", "scenario", "steps"]);
});

test("a variable is allowed where a pattern applies to its value", () => {
  const objectives = schemaNodeAt(jsonSchema("system"), { objectives: {} }, ["objectives", "rto"]);
  const pattern = objectives?.pattern ?? "";
  expect("30m").toMatch(new RegExp(pattern));
  expect("${RTO:-30m}").toMatch(new RegExp(pattern));
  expect("soon").not.toMatch(new RegExp(pattern));
});

test("one document holds both, for editors that take one", () => {
  const schema = combinedJsonSchema();
  expect(Object.keys(schema.definitions ?? {})).toEqual(["system", "runbook"]);
  expect(JSON.stringify(schema).match(/\$schema/g)).toHaveLength(1);
});
