import { rm } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { expectOutcome, runOf } from "../../faults/outcome.ts";
import { MINIO_PROGRAMS, startMinio } from "../../helpers/minio.ts";
import { startPostgres, type TestServer } from "../../helpers/postgres.ts";
import { CONTENT, openS3Estate, S3_SYSTEM, type S3Estate } from "../../helpers/s3-estate.ts";
import { findProgram } from "../../provision/programs.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

// A run starts some forty programs, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000 });

suiteFor("buckets: odd keys, other buckets, references", [...MINIO_PROGRAMS, "rclone"], () => {
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
    await estate.writeSystem();
  });

  test("keys that no file can have, or no list of lines, come back by the built-in client, which the plan says", async () => {
    await estate.live.putAll({
      "new\nline": "1",
      "tab\tand\rreturn": "2",
      "bell\u0007": "3",
      "a folder/": "",
      "empty/deep/": "",
    });
    const path = await estate.backup("tree", await estate.only("built-in"));
    const good = await estate.live.sums();
    await estate.live.delete("new\nline", "a folder/", "bell\u0007");
    await estate.live.put("tab\tand\rreturn", "X");
    const before = await estate.server.snapshot();
    const ran = await estate.restore(["--backup", path]);
    expectOutcome(ran, 0, /built-in does the work on content: not rclone: 5 keys hold characters/);
    expect(await estate.live.sums()).toEqual(good);
    expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "content"]), 0);
    expect(await estate.server.snapshot()).toEqual(before);
  });

  test.each(["rclone", "mc", "aws"] as const)(
    "odd keys that came into the live bucket since: %s is refused, and the built-in client keeps and puts them back",
    async (tool) => {
      const path = await estate.backup();
      await estate.live.putAll({ "new\nline": "1", "a folder/": "with content" });
      const before = await estate.server.snapshot();
      const refused = await estate.restore(["--backup", path], await estate.only(tool));
      expectOutcome(refused, 11, /control characters, .*in \d+ keys? of the bucket/, "tool: built-in");
      expect(await estate.server.snapshot()).toEqual(before);
      if (tool !== "rclone") return;
      await estate.writeSystem("    tool: built-in\n");
      const ran = await estate.restore(["--backup", path]);
      expectOutcome(ran, 0, "RECOVERED");
      expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "content"]), 0);
      expect(await estate.server.snapshot()).toEqual(before);
    },
  );

  test("a backup by a tool that loses a key is no backup: it fails, names the key, and leaves nothing", async () => {
    await estate.live.put("new\nline", "1");
    await expect(estate.backup("tree")).rejects.toThrow(
      /1 object\(s\) not copied as they are.*tool: built-in/s,
    );
  });

  test("a key that cannot be a file goes into another bucket", async () => {
    await estate.live.put("a folder/", "with content");
    await estate.writeSystem("    tool: built-in\n    backup-bucket: s3://safe\n");
    await expect(estate.backup("tree")).rejects.toThrow('"a folder/" cannot be a file');
    const path = await estate.backup("bucket");
    const good = await estate.live.sums();
    await estate.live.delete("a folder/");
    expectOutcome(await estate.restore(["--backup", path]), 0, "RECOVERED");
    expect(await estate.live.sums()).toEqual(good);
  });

  test("a bucket named by its URL is restored from without any file, and what is not checked is said", async () => {
    const other = estate.server.bucket("elsewhere");
    await other.create();
    await other.putAll(
      Object.fromEntries(Object.entries(CONTENT).map(([key, text]) => [`media/${key}`, text])),
    );
    const good = await estate.live.sums();
    await estate.live.delete("thumbs/1/1.jpg", "thumbs/2/2.jpg");
    const ran = await estate.restore(["--backup", "s3://elsewhere/media"]);
    expectOutcome(ran, 0, "RECOVERED", "no sha256 is known: the backup has no manifest");
    expect(await estate.live.sums()).toEqual(good);
    expectOutcome(
      await estate.restore(["--backup", "s3://content"]),
      11,
      "the backup is the live bucket itself",
    );
    expectOutcome(
      await estate.restore(["--backup", "s3://nowhere"]),
      11,
      "NoSuchBucket",
      /no bucket of this name/,
    );
  });

  test.each(["rclone", "mc", "aws"] as const)(
    "a backup in a bucket of another server comes back; with %s installed",
    async (tool) => {
      const other = await startMinio();
      try {
        await estate.writeSystem(
          `    backup-bucket: s3://vault/media\n    backup-endpoint: ${other.endpoint}\n    backup-access-key: \${S3_ACCESS_KEY}\n    backup-secret-key: \${S3_SECRET_KEY}\n`,
        );
        const env = await estate.only(tool);
        const path = await estate.backup("bucket", await estate.only("rclone"));
        expect(await estate.server.buckets()).toEqual(["content"]);
        const good = await estate.live.sums();
        await estate.live.delete("thumbs/1/1.jpg");
        await estate.live.put("thumbs/2/2.jpg", "other");
        const ran = await estate.restore(["--backup", path], env);
        const words =
          tool === "aws"
            ? "built-in does the work on content: not aws: aws speaks to one server"
            : `${tool} does the work`;
        expectOutcome(ran, 0, "RECOVERED", words);
        expect(await estate.live.sums()).toEqual(good);
      } finally {
        await other.stop();
      }
    },
  );

  test("a bucket that is gone as a whole comes back, and an undo removes it again", async () => {
    const path = await estate.backup("tar.gz");
    const good = await estate.live.sums();
    await estate.server.deleteBucket("content");
    const ran = await estate.restore(["--backup", path]);
    expectOutcome(ran, 0, "RECOVERED");
    expect(await estate.live.sums()).toEqual(good);
    expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "content"]), 0);
    expect(await estate.server.buckets()).toEqual([]);
    await estate.live.create();
  });

  test("only a prefix of the bucket is the store: everything else stays as it is, and copies lie where system.yaml says", async () => {
    await estate.server.bucket("scratch").create();
    await estate.server.bucket("scratch").put("somebody else's", "1");
    await estate.writeSystem(
      "    prefix: thumbs\n    beside: s3://scratch/lifeboat\n    max-deletes: 100%\n",
    );
    const path = await estate.backup("tar");
    const good = await estate.live.sums();
    await estate.live.delete("thumbs/1/1.jpg");
    await estate.live.putAll({ "thumbs/new.jpg": "new", "clips/new.mp4": "not the store's" });
    const before = await estate.server.snapshot();
    const ran = await estate.restore(["--backup", path]);
    expectOutcome(ran, 0, "RECOVERED");
    expect(await estate.live.sums()).toEqual({
      ...good,
      "clips/new.mp4": before["content"]?.["clips/new.mp4"],
    });
    const kept = (await estate.server.bucket("scratch").keys()).filter((key) => key.startsWith("lifeboat/"));
    expect(kept).toEqual([expect.stringMatching(/^lifeboat\/content-before-[^/]+\/new\.jpg$/)]);
    expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "content"]), 0);
    expect(await estate.server.snapshot()).toEqual(before);
  });

  test("certify: the runbook survives a kill at every boundary of a simulated world", async () => {
    expectOutcome(await estate.lifeboat(["certify", "media", "lost"]), 0);
  });

  test("rows of a database that point at objects the backup lacks are named", async () => {
    const server: TestServer = await startPostgres();
    try {
      await server.psql(
        "postgres",
        "CREATE TABLE content (key text); INSERT INTO content VALUES ('thumbs/1/1.jpg'), ('clips/%41 is not A.txt')",
      );
      await estate.writeRunbook(
        "system",
        S3_SYSTEM.replace(
          "    backups:",
          `    referenced-by: { store: database, sql: SELECT key FROM content }\n    backups:`,
        ) + `  database:\n    kind: postgres\n    url: \${DATABASE_URL}\n`,
      );
      const env = { DATABASE_URL: server.url("postgres") };
      const path = await estate.backup("tree", env);
      const green = await estate.restore(["--drill", "--backup", path], env);
      expectOutcome(green, 0, "DRILL PASSED");
      await server.psql("postgres", "INSERT INTO content VALUES ('clips/never seen.mp4')");
      const red = await estate.restore(["--drill", "--backup", path], env);
      expectOutcome(red, 24, "1 row with the key of an object that is not there: clips/never seen.mp4");
      await server.halt();
      const down = await estate.restore(["--drill", "--backup", path], env);
      expectOutcome(down, 0, "DRILL PASSED", /not checked.*keys that database points at/);
    } finally {
      await server.stop();
    }
  });

  test("a key that may not list all buckets restores all the same", async () => {
    const path = await estate.backup("tree");
    await estate.live.put("clips/%41 is not A.txt", "damaged");
    const rclone = `#!/bin/bash
case " $* " in *" --dirs-only "*) echo "ERROR : error listing: AccessDenied: Access Denied." >&2; exit 1 ;; esac
exec "${findProgram("rclone")}" "$@"
`;
    const env = await estate.standIns({ rclone });
    expectOutcome(await estate.restore(["--backup", path], env), 0, "RECOVERED");
    expect(`${await estate.live.get("clips/%41 is not A.txt")}`).toBe(CONTENT["clips/%41 is not A.txt"]);
  });

  test("the folder of a finished run's home holds no unpacked archive", async () => {
    const path = await estate.backup("tar.gz");
    await rm(estate.home, { recursive: true, force: true });
    expectOutcome(await estate.restore(["--drill", "--backup", path]), 0);
    const [run = ""] = await estate.runs();
    const { readdir } = await import("node:fs/promises");
    expect((await readdir(`${estate.home}/runs/${run}/s3/restore`)).toSorted()).toEqual(["wanted"]);
  });
});
