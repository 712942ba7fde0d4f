import { execFileSync } from "node:child_process";
import { mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { MINIO_PROGRAMS } from "../../helpers/minio.ts";
import { CONTENT, openS3Estate, type S3Estate } from "../../helpers/s3-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { expectOutcome } from "../outcome.ts";

// A run starts some forty programs, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000 });

suiteFor("faults of bucket restores", [...MINIO_PROGRAMS, "rclone"], () => {
  let estate: S3Estate;
  beforeAll(async () => {
    estate = await openS3Estate();
  });
  afterAll(() => estate?.stop());

  const tree = async (name: string, files: Record<string, string>): Promise<string> => {
    const path = join(estate.folder, name);
    await mkdir(path, { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      await mkdir(join(path, file, ".."), { recursive: true });
      await writeFile(join(path, file), content);
    }
    return path;
  };
  /** Whatever is wrong: exit code, words, and every bucket as it was. */
  const refused = async (
    args: string[],
    code: number,
    says: (string | RegExp)[],
    env?: Record<string, string>,
  ): Promise<void> => {
    const before = await estate.server.snapshot();
    expectOutcome(await estate.restore(args, env), code, ...says);
    expect(await estate.server.snapshot()).toEqual(before);
  };

  test("an empty folder would empty the bucket, and is refused", async () => {
    await refused(["--backup", await tree("empty", {})], 11, [
      "the backup holds no object: restoring it would empty the bucket",
    ]);
  });

  test("an archive of nothing is refused", async () => {
    const path = join(estate.folder, "nothing.tar.gz");
    execFileSync("sh", ["-c", 'tar -cf - -T /dev/null | gzip > "$0"', path]);
    await refused(["--backup", path], 11, ["there is nothing in it"]);
  });

  test("a backup of much less than the bucket holds is refused with what would be deleted", async () => {
    const path = await tree("little", { "thumbs/1/1.jpg": "one", "new.jpg": "two" });
    await refused(["--backup", path], 11, [
      `deleted by the restore`,
      `at most 25%: ${Math.floor(Object.keys(CONTENT).length / 4)} of ${Object.keys(CONTENT).length}`,
      "max-deletes",
    ]);
  });

  test("extra: leave restores the same little backup and deletes nothing", async () => {
    await estate.writeSystem("    extra: leave\n");
    const path = await tree("little", {});
    const before = await estate.live.sums();
    expectOutcome(await estate.restore(["--backup", path]), 0, "RECOVERED");
    const after = await estate.live.sums();
    expect(Object.keys(after)).toEqual([...Object.keys(before), "new.jpg"].toSorted());
    expect(after["thumbs/1/1.jpg"]).not.toBe(before["thumbs/1/1.jpg"]);
    await estate.writeSystem();
    for (const name of await estate.server.buckets())
      if (name !== "content") await estate.server.deleteBucket(name);
  });

  test("an archive cut off, flipped or leading out of its folder is refused", async () => {
    const path = await estate.backup("tar.gz");
    const bytes = await readFile(path);
    const cut = join(estate.folder, "cut.tar.gz");
    await writeFile(cut, bytes);
    await truncate(cut, bytes.length - 200);
    await refused(["--backup", cut], 11, [/cut|ends|truncated/]);
    const flipped = join(estate.folder, "flipped.tar.gz");
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    await writeFile(flipped, bytes);
    await refused(["--backup", flipped], 11, [/damaged|check|invalid|incorrect/]);
    const outside = join(estate.folder, "outside.tar");
    await tree("out", { "a.txt": "a" });
    execFileSync("tar", [
      "-C",
      join(estate.folder, "out"),
      "-cPf",
      outside,
      "--transform",
      "s|^|../|",
      "a.txt",
    ]);
    await refused(["--backup", outside], 11, ["leads out"]);
    const edge = join(estate.folder, "edge.tar");
    // The headers of two folders and nothing else: the cut is behind the second, whatever order the disk has.
    await tree("folders", { "a/b.txt": "b" });
    execFileSync("sh", [
      "-c",
      'tar -C "$1" --sort=name -cf - . | head -c 1024 > "$2"',
      "sh",
      join(estate.folder, "folders"),
      edge,
    ]);
    await refused(["--backup", edge], 11, ["cut off between two members"]);
  });

  test("a link in a tree is no object and is refused", async () => {
    const path = await tree("links", CONTENT);
    execFileSync("ln", ["-s", "/etc/hostname", join(path, "thumbs/link.jpg")]);
    await refused(["--backup", path], 11, ["1 link, and a link is no object: thumbs/link.jpg"]);
  });

  test("a file that is neither archive nor list is told by its bytes, whatever its name", async () => {
    const page = join(estate.folder, "page.tar.gz");
    await writeFile(page, "<!DOCTYPE html><html><body>Sign in</body></html>");
    await refused(["--backup", page], 11, ["it is a web page"]);
  });

  test("a mistyped bucket is told before anything: it does not exist, and nothing is made of a dry run", async () => {
    const path = await tree("whole", CONTENT);
    const env = { S3_BUCKET: "contnet" };
    const before = await estate.server.snapshot();
    const ran = await estate.lifeboat(["run", "media", "lost", "--dry-run", "--backup", path], env);
    expectOutcome(ran, 0, "it does not exist: nothing to keep", "mind that its name is spelt right");
    expect(await estate.server.snapshot()).toEqual(before);
  });

  test("a wrong secret key, an unknown access key and a closed port are told in plain words", async () => {
    const path = await tree("whole", CONTENT);
    await refused(["--backup", path], 11, ["SignatureDoesNotMatch", "secret-key"], {
      S3_SECRET_KEY: "wrong/wrong",
    });
    await refused(["--backup", path], 11, ["InvalidAccessKeyId", "access-key"], { S3_ACCESS_KEY: "nobody" });
    await refused(["--backup", path], 11, [/connection refused/, "endpoint"], {
      S3_ENDPOINT: "http://127.0.0.1:9",
    });
  });

  test("a bucket that is written to between the keeping and the swap is not swapped", async () => {
    const path = await tree("whole", CONTENT);
    await estate.live.put("thumbs/9.jpg", "since");
    await estate.writeRunbook(
      "lost",
      `title: Content lost
scenario: objects are missing or wrong
steps:
  - { id: restore, kind: restore, store: content }
`,
    );
    // A stand-in that writes an object as soon as the swap begins: when the run lists the bucket after the keeping.
    const before = await estate.live.sums();
    const { PATH = "" } = await estate.only("rclone");
    const bin = join(estate.folder, "writer");
    await mkdir(bin, { recursive: true });
    await writeFile(
      join(bin, "cmp"),
      `#!/bin/sh\nprintf other | rclone rcat LB:content/thumbs/late.jpg && exec false\n`,
      { mode: 0o755 },
    );
    const ran = await estate.restore(["--backup", path], { PATH: `${bin}:${PATH}` });
    expectOutcome(ran, 20, "something writes to it");
    await estate.live.delete("thumbs/late.jpg");
    expect(await estate.live.sums()).toEqual(before);
  });

  test("the keys are in no argv, output, journal or report", async () => {
    const path = await tree("whole", CONTENT);
    const ran = await estate.restore(["--dry-run", "--backup", path]);
    const runs = await estate.runs();
    const all = execFileSync(
      "sh",
      ["-c", 'cat "$0"/*.* "$0"/output/*', join(estate.home, "runs", runs[0] ?? "")],
      {
        encoding: "utf8",
      },
    );
    for (const text of [ran.stdout, ran.stderr, all]) expect(text).not.toContain(estate.server.secretKey);
  });
});
