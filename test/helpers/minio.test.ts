import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { suiteFor } from "./suite-for.ts";
import { MINIO_PROGRAMS, sha256, startMinio, type TestMinio } from "./minio.ts";

suiteFor("the MinIO server of a test", MINIO_PROGRAMS, () => {
  let server: TestMinio;
  beforeAll(async () => {
    server = await startMinio();
  });
  afterAll(() => server.stop());

  test("what is put is listed and read back by content, keys with odd characters too", async () => {
    const bucket = server.bucket("first");
    await bucket.create();
    await bucket.putAll({ "a+b %41.txt": "one", "ünï/new\nline": "two" });
    expect(await bucket.sums()).toEqual({ "a+b %41.txt": sha256("one"), "ünï/new\nline": sha256("two") });
    await bucket.delete("a+b %41.txt");
    expect(await server.snapshot()).toEqual({ first: { "ünï/new\nline": sha256("two") } });
  });

  test("a server that was cut off has its data again, and a stopped one leaves nothing", async () => {
    const other = await startMinio();
    await other.bucket("kept").create();
    await other.bucket("kept").put("key", "content");
    await other.halt();
    await expect(other.buckets()).rejects.toThrow(/ECONNREFUSED|connect/i);
    await other.start();
    expect(await other.snapshot()).toEqual({ kept: { key: sha256("content") } });
    await other.stop();
    expect(existsSync(other.folder)).toBe(false);
  });
});
