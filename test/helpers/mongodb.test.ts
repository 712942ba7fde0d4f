import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { driverFor } from "./mongodb-driver.ts";
import { MONGODB_PROGRAMS, startMongodb } from "./mongodb.ts";
import { suiteFor } from "./suite-for.ts";

suiteFor("the MongoDB test server", MONGODB_PROGRAMS, () => {
  test("it wants the password, keeps data over a power cut, and leaves nothing behind", async () => {
    const server = await startMongodb();
    try {
      await server.db("kept").collection("a").insertOne({ _id: 1 });
      const wrong = driverFor(server.url("admin").replace(/:[^:@]+@/, ":wrong@"));
      await expect(wrong.connect()).rejects.toThrow("Authentication failed");
      await wrong.close();
      await server.halt();
      await expect(server.db("kept").collection("a").countDocuments()).rejects.toThrow();
      await server.start();
      expect(await server.db("kept").collection("a").countDocuments()).toBe(1);
      expect(Object.keys(await server.snapshot())).toEqual(["kept"]);
    } finally {
      await server.stop();
    }
    expect(existsSync(server.folder)).toBe(false);
    expect(existsSync(server.postgres.folder)).toBe(false);
  }, 300_000);
});
