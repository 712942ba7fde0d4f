import { expect, test } from "vitest";
import { redis, type RedisStore } from "../../src/runbook/store-kinds/redis.ts";
import { connectRedis } from "../../src/runbook/store-kinds/redis-connection.ts";
import { parseRedisUrl, type RedisUrl } from "../../src/runbook/store-kinds/redis-url.ts";

test.each([
  ["redis://h:6380", { server: "h", port: "6380", tls: false }],
  ["redis://h", { server: "h", tls: false }],
  ["rediss://u:p@h:6380/3", { server: "h", port: "6380", user: "u", password: "p", database: 3, tls: true }],
  ["redis://:p%40%3A%2F@h/0", { server: "h", password: "p@:/", database: 0, tls: false }],
  ["redis://[::1]:6379", { server: "::1", port: "6379", tls: false }],
  ["unix://:p@/run/redis.sock?db=2", { socket: "/run/redis.sock", password: "p", database: 2, tls: false }],
  ["unix:///run/redis.sock", { socket: "/run/redis.sock", tls: false }],
])("%s is read as the client libraries read it", (text, expected: Partial<RedisUrl>) => {
  const { passwordAt, ...url } = parseRedisUrl(text).url ?? { tls: false };
  expect(url).toEqual(expected);
  const password = passwordAt && decodeURIComponent(text.slice(passwordAt.start, passwordAt.end));
  expect(password).toBe(expected.password);
});

test.each([
  ["http://hunter2@h", /it begins with redis:/],
  ["redis://u:hun@ter2@h", /cannot be taken apart/],
  ["redis://:hun/ter2@h", /cannot be taken apart/],
  ["redis://:hunter2@h:70000", /the port is not a number/],
  ["redis://:hunter2@h/cache", /database of a Redis URL is a number/],
  ["redis://:hun ter2@h", /holds a space/],
])("%s is refused, and no part of it is repeated", (text, says) => {
  const { fault } = parseRedisUrl(text);
  expect(fault).toMatch(says);
  expect(fault).not.toMatch(/hun|ter2/);
});

const store = (keys: Record<string, unknown>): RedisStore => redis.schema.parse({ kind: "redis", ...keys });

test("what is left out is as redis-cli has it, and the store's name is what is typed", () => {
  expect(connectRedis("queue", store({}))).toMatchObject({
    connection: { address: "localhost:6379", subject: "queue", isLocal: true, database: 0 },
    secrets: {},
  });
  expect(connectRedis("queue", store({ name: "shop jobs", password: "p" }))).toMatchObject({
    connection: { subject: "shop jobs", secretKey: "queue.password" },
    secrets: { password: "p" },
  });
});

test("a user without a password is a fault: redis-cli would pass over the name", () => {
  expect(connectRedis("queue", store({ user: "app" }))).toMatchObject({ at: "user" });
});

test("keys that contradict each other are told", () => {
  const says = redis.problems?.({ url: "redis://h", port: "1", socket: "/s" }).map((one) => one.at);
  expect(says).toEqual(["port", "socket"]);
  expect(redis.problems?.({ port: "99999" })).toHaveLength(1);
});
