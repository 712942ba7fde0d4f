import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { expectOutcome, runOf } from "../../faults/outcome.ts";
import { MINIO_PROGRAMS } from "../../helpers/minio.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { CONTENT, openS3Estate, type S3Estate } from "../../helpers/s3-estate.ts";

// A run starts some forty programs, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000 });

suiteFor("a bucket from backup to undo", [...MINIO_PROGRAMS, "rclone"], () => {
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

  /** Objects lost, overwritten with the same size, and written since. */
  async function damage(): Promise<void> {
    const keys = Object.keys(CONTENT).filter((key) => key.startsWith("thumbs/3/"));
    await estate.live.delete(...keys, "clips/ünï çødé 日本.mp4");
    await estate.live.put("clips/summer sale +50% (€).mp4", "A CLIP");
    await estate.live.putAll({ "uploads/new 1.txt": "written since", "uploads/new 2.txt": "too" });
  }

  test.each(["tree", "tar.gz", "tar", "bucket"])(
    "a %s: backup, damage, dry run, drill, live restore, undo: the old data is back exactly",
    async (format) => {
      await estate.writeSystem("    backup-bucket: s3://safe/media\n");
      const path = await estate.backup(format);
      const good = await estate.server.snapshot();
      await damage();
      const before = await estate.server.snapshot();
      const dry = await estate.restore(["--dry-run", "--backup", path]);
      expectOutcome(dry, 0, "DRY RUN COMPLETE");
      const report = await readFile(join(estate.home, "runs", runOf(dry), "report.md"), "utf8");
      expect(report).toMatch(/created by the restore.*11 \(/);
      expect(report).toMatch(/overwritten by it, kept aside first.*1 \(6 B\)/);
      expect(report).toMatch(/deleted by the restore, kept aside first.*2 \(16 B\)/);
      expect(await estate.server.snapshot()).toEqual(before);
      expectOutcome(await estate.restore(["--drill", "--backup", path]), 0, "DRILL PASSED");
      expect(await estate.server.snapshot()).toEqual(before);
      const live = await estate.restore(["--backup", path]);
      expectOutcome(live, 0, "RECOVERED", "rclone does the work on content");
      // At the gate, by the lists the swap goes by.
      expectOutcome(
        live,
        0,
        /created by the restore: 11 \(/,
        "deleted by the restore, kept aside first: 2 (16 B)",
      );
      const after = await estate.server.snapshot();
      expect(after["content"]).toEqual(good["content"]);
      const kept = Object.keys(after).find((name) => name.startsWith("content-before-")) ?? "none";
      expect(Object.keys(after[kept] ?? {})).toEqual([
        "clips/summer sale +50% (€).mp4",
        "uploads/new 1.txt",
        "uploads/new 2.txt",
      ]);
      expect(Object.keys(after).filter((name) => !(name in before))).toEqual([kept]);
      expectOutcome(await estate.lifeboat(["undo", runOf(live), "--confirm", "content"]), 0);
      expect(await estate.server.snapshot()).toEqual(before);
    },
  );
});
