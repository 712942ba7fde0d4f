import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { gunzipSync, gzipSync } from "node:zlib";
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expectOutcome, runOf } from "../../faults/outcome.ts";
import { MINIO_PROGRAMS } from "../../helpers/minio.ts";
import { CONTENT, openS3Estate, pictures, type S3Estate } from "../../helpers/s3-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

// A run starts some forty programs, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000 });

suiteFor("verification of buckets", [...MINIO_PROGRAMS, "rclone"], () => {
  let estate: S3Estate;
  let tree: string;
  beforeAll(async () => {
    estate = await openS3Estate();
    tree = await estate.backup("tree");
  });
  afterAll(() => estate?.stop());
  beforeEach(() => estate.writeSystem());

  /** The tree with another list beside it: as if objects had been lost or changed on their way into the bucket. */
  async function withList(change: (lines: string[]) => string[]): Promise<string> {
    const path = join(estate.folder, `changed-${Math.random().toString(36).slice(2)}`);
    await cp(tree, path, { recursive: true, preserveTimestamps: true });
    const list = gunzipSync(await readFile(`${tree}.keys.gz`)).toString("utf8");
    const packed = gzipSync(change(list.trimEnd().split("\n")).join("\n") + "\n");
    await writeFile(`${path}.keys.gz`, packed);
    const manifest: { keys: { sha256: string } } = JSON.parse(
      await readFile(`${tree}.manifest.json`, "utf8"),
    );
    manifest.keys.sha256 = createHash("sha256").update(packed).digest("hex");
    await writeFile(`${path}.manifest.json`, JSON.stringify(manifest));
    return path;
  }

  test("a backup's tree with a changed, a missing and a new file is refused, and each is named", async () => {
    const before = await estate.server.snapshot();
    const path = await withList((lines) => lines);
    await writeFile(join(path, "thumbs/1/1.jpg"), "picture X x");
    await rm(join(path, "thumbs/2/2.jpg"));
    await writeFile(join(path, "thumbs/extra.jpg"), "extra");
    expectOutcome(
      await estate.restore(["--backup", path]),
      11,
      "1 missing: thumbs/2/2.jpg",
      "1 not in the list: thumbs/extra.jpg",
      "1 with other content: thumbs/1/1.jpg",
    );
    expect(await estate.server.snapshot()).toEqual(before);
  });

  test("a key list that is not the one written with the backup is refused", async () => {
    const path = await withList((lines) => lines);
    await writeFile(`${path}.keys.gz`, gzipSync("a\t1\t-\t-\n"));
    expectOutcome(
      await estate.restore(["--backup", path]),
      11,
      "is not the list that was written with the backup",
    );
  });

  test("a live bucket with one changed byte, one missing and one other key: verify is red and names each", async () => {
    await estate.writeRunbook(
      "check",
      "title: Check\nscenario: is the bucket as it was\nsteps:\n  - { id: verify, kind: verify, store: content }\n",
    );
    const check = () => estate.lifeboat(["run", "media", "check", "--dry-run", "--backup", tree]);
    expectOutcome(await check(), 0);
    await estate.live.put("thumbs/3/3.jpg", "picture 3 xxy");
    await estate.live.delete("thumbs/4/4.jpg");
    await estate.live.put("other.txt", "other");
    expectOutcome(
      await check(),
      24,
      "thumbs/4/4.jpg",
      /1 with other content: thumbs\/3\/3\.jpg/,
      /not in the manifest: other\.txt/,
    );
    await estate.live.empty();
    await estate.live.putAll(CONTENT);
  });

  test("a bucket of a backup that is not what its list says is refused before anything is copied", async () => {
    const before = await estate.server.snapshot();
    // The artifact gate would find it first: the list of a bucket is not compared with files.
    await estate.writeSystem("    backup-bucket: s3://safe/x\n");
    const pointer = await estate.backup("bucket");
    const bucket = estate.server.bucket("safe");
    const key = (await bucket.keys()).find((one) => one.endsWith("thumbs/5/5.jpg")) ?? "none";
    await bucket.put(key, "picture 5 xxxxy");
    expectOutcome(await estate.restore(["--backup", pointer]), 11, /1 with other content: thumbs\/5\/5\.jpg/);
    await estate.server.deleteBucket("safe");
    expect(await estate.server.snapshot()).toEqual(before);
  });

  test("a copy with a changed byte, a missing and another object is red and names them; an undo leaves nothing", async () => {
    const before = await estate.server.snapshot();
    const { PATH = "" } = await estate.only("rclone");
    const bin = join(estate.folder, "spoiler");
    await mkdir(bin);
    // Spoils the copy as soon as it is made, as a faulty disk, a proxy or a person would.
    const spoil = `#!/bin/sh
PATH=$SPOILED_PATH
rclone "$@" || exit $?
case "$*" in *" copy "*taken*content-restore*) ;; *) exit 0 ;; esac
for copy do :; done
printf 'picture 6 xxxxxY' | rclone rcat "$copy/thumbs/6/6.jpg"
rclone deletefile "$copy/thumbs/5/5.jpg"
printf other | rclone rcat "$copy/other.jpg"
`;
    await writeFile(join(bin, "rclone"), spoil.replace("$SPOILED_PATH", `'${PATH}'`), { mode: 0o755 });
    const ran = await estate.restore(["--backup", tree], { PATH: `${bin}:${PATH}` });
    expectOutcome(
      ran,
      24,
      "VERIFICATION IS RED",
      "missing: thumbs/5/5.jpg",
      "not in the manifest: other.jpg",
      "with other content: thumbs/6/6.jpg",
    );
    expect((await estate.server.snapshot())["content"]).toEqual(before["content"]);
    expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "content"]), 0);
    expect(await estate.server.snapshot()).toEqual(before);
  });

  test("more keys than a page is long are all restored, counted and read", async () => {
    await estate.writeSystem("    verify: full\n");
    await estate.live.putAll(pictures(1100));
    const path = await estate.backup("tar.gz");
    const good = await estate.live.sums();
    await estate.live.delete(...Object.keys(pictures(1050)));
    await estate.live.put("thumbs/0/1099.jpg", "other");
    const ran = await estate.restore(["--backup", path]);
    expectOutcome(ran, 0, "RECOVERED");
    expect(await estate.live.sums()).toEqual(good);
    const report = await readFile(join(estate.home, "runs", runOf(ran), "report.md"), "utf8");
    expect(report).toMatch(/content read and hashed.*1,107 of 1,107 objects/);
    await estate.lifeboat(["cleanup", runOf(ran), "--confirm", "all"]);
  });
});
