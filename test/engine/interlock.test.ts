import { expect, test } from "vitest";
import { strangeness } from "../../src/engine/interlock.ts";

const QUEUE = { name: "queue" };
const BEFORE = { address: "db1:6379", role: "master", dataFolder: "/var/lib/redis" };

test("the same server with the same data is let through", () => {
  expect(strangeness(QUEUE, BEFORE, { ...BEFORE }, [])).toBeUndefined();
  expect(strangeness(QUEUE, BEFORE, { ...BEFORE, role: "replica" }, ["role"])).toBeUndefined();
});

test("another server is named as what it is", () => {
  const found = strangeness(QUEUE, BEFORE, { ...BEFORE, role: "replica", dataFolder: "" }, []);
  expect(found).toMatchObject({
    what: "this is not the queue the plan was made for",
    why: "role was master, is replica; data folder was /var/lib/redis, is not known",
  });
});

test("a server that was stopped meanwhile is not taken for another one", () => {
  const found = strangeness(QUEUE, BEFORE, { address: "db1:6379", role: "", dataFolder: "" }, []);
  expect(found?.what).toMatch(/no longer says who it is: its server was stopped/);
  expect(found?.next).toMatch(/start it, then go on/);
});
