import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { REDIS_PROGRAMS, startRedis } from "./redis.ts";
import { suiteFor } from "./suite-for.ts";

suiteFor("the test server", REDIS_PROGRAMS, () => {
  test("a restart that loses a key would be seen, and stop() leaves nothing behind", async () => {
    const server = await startRedis({ password: "it's a secret" });
    await server.fill();
    const before = await server.snapshot();
    expect(Object.keys(before).length).toBe(131);
    await server.halt("kill");
    expect(await server.running()).toBe(false);
    await server.start();
    expect(await server.snapshot()).toEqual(before);
    await server.cli("DEL", "user:7");
    const { "0 user:7": lost, ...rest } = before;
    expect(lost).toMatch(/^hash, no ttl/);
    expect(await server.snapshot()).toEqual(rest);
    await server.stop();
    expect(existsSync(server.folder)).toBe(false);
    expect(await server.running()).toBe(false);
  });
});
