import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { expectOutcome, runOf } from "../../faults/outcome.ts";
import { MINIO_PROGRAMS } from "../../helpers/minio.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { CONTENT, openS3Estate, type S3Estate } from "../../helpers/s3-estate.ts";

// A run starts some forty programs, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000 });

suiteFor("a bucket by each of the tools", [...MINIO_PROGRAMS, "rclone", "aws", "mc"], () => {
  let estate: S3Estate;
  beforeAll(async () => {
    estate = await openS3Estate();
  });
  afterAll(() => estate?.stop());
  beforeEach(async () => {
    for (const name of await estate.server.buckets())
      if (name !== "content") await estate.server.deleteBucket(name);
    await estate.live.empty();
    await estate.live.putAll(CONTENT);
  });

  test.each(["aws", "mc", "built-in"] as const)(
    "with %s alone: the backup comes back, what was there is kept, and an undo is exact",
    async (tool) => {
      // A start of aws takes half a second, and each object that is read is one.
      if (tool === "aws") await estate.writeSystem("    sample: 3\n");
      const env = await estate.only(tool);
      const path = await estate.backup("tree", env);
      const good = await estate.live.sums();
      await estate.live.delete("thumbs/0/0.jpg", 'clips/it\'s "quoted" & <angled>.txt');
      await estate.live.put("clips/star*[1]?.txt", "PATTERN");
      await estate.live.put("since then.txt", "new");
      const before = await estate.server.snapshot();
      const ran = await estate.restore(["--backup", path], env);
      expectOutcome(ran, 0, "RECOVERED", `${tool} does the work on content`);
      expect(await estate.live.sums()).toEqual(good);
      const [kept = ""] = (await estate.server.buckets()).filter((name) =>
        name.startsWith("content-before-"),
      );
      expect(await estate.server.bucket(kept).keys()).toEqual(["clips/star*[1]?.txt", "since then.txt"]);
      expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "content"], env), 0);
      expect(await estate.server.snapshot()).toEqual(before);
      await estate.writeSystem();
    },
    600_000,
  );

  test("a program that is asked for and missing is named before anything is touched", async () => {
    const path = await estate.backup();
    await estate.writeSystem("    tool: mc\n");
    const before = await estate.server.snapshot();
    const ran = await estate.restore(["--backup", path], await estate.only("rclone"));
    expectOutcome(ran, 11, "mc is not installed");
    expect(await estate.server.snapshot()).toEqual(before);
    await estate.writeSystem();
  });
});
