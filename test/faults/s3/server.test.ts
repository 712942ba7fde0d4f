import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { MINIO_PROGRAMS } from "../../helpers/minio.ts";
import { CONTENT, openS3Estate, type S3Estate } from "../../helpers/s3-estate.ts";
import { maySmallDisk, withSmallDisk } from "../../helpers/small-disk.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { expectOutcome, runOf } from "../outcome.ts";

// A run starts some forty programs, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000 });

suiteFor("an S3 server in trouble", [...MINIO_PROGRAMS, "rclone"], () => {
  let estate: S3Estate;
  beforeAll(async () => {
    estate = await openS3Estate();
  });
  afterAll(() => estate?.stop());

  /** rclone that does something before it copies into the copy. */
  async function standIn(name: string, before: string): Promise<Record<string, string>> {
    const { PATH = "" } = await estate.only("rclone");
    const bin = join(estate.folder, name);
    await mkdir(bin);
    const script = `#!/bin/sh
PATH='${PATH}'
case "$*" in *" copy "*content-restore*) ${before} ;; esac
exec rclone "$@"
`;
    await writeFile(join(bin, "rclone"), script, { mode: 0o755 });
    return { PATH: `${bin}:${PATH}` };
  }

  test("a server that stops in the middle of the restore: told, the bucket whole, taken back when it answers again", async () => {
    const path = await estate.backup("tree");
    await estate.live.put("thumbs/0/0.jpg", "other");
    const before = await estate.server.snapshot();
    const flag = join(estate.folder, "stopped");
    const env = await standIn("waits", `echo COPYING; while [ ! -e ${flag} ]; do sleep 0.05; done`);
    const running = estate.start(
      ["run", "media", "lost", "--live", "--confirm", "content", "--backup", path],
      env,
    );
    await running.until(/running +4\/8/);
    await estate.server.halt();
    await writeFile(flag, "");
    const ran = await running.ended;
    expectOutcome(ran, 20, /connection refused/, "start the server");
    await estate.server.start();
    expect((await estate.server.snapshot())["content"]).toEqual(before["content"]);
    expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "content"]), 0);
    expect(await estate.server.snapshot()).toEqual(before);
  });

  test("a safety copy on its own holds every object, is proven, and is removed by cleanup", async () => {
    await estate.writeRunbook(
      "safety",
      "title: Safety\nscenario: before something risky\nsteps:\n  - { id: safety, kind: safety-copy, store: content }\n",
    );
    const before = await estate.server.snapshot();
    const ran = await estate.lifeboat(["run", "media", "safety", "--live", "--confirm", "content"]);
    expectOutcome(ran, 0);
    const after = await estate.server.snapshot();
    const [name = ""] = Object.keys(after).filter((one) => !(one in before));
    expect(name).toMatch(/^content-safety-/);
    expect(after[name]).toEqual(before["content"]);
    const run = /\d{8}T\d{6}-media-safety-\w{4}/.exec(ran.stdout)?.[0] ?? "";
    expectOutcome(await estate.lifeboat(["cleanup", run, "--confirm", "content"]), 0);
    expect(await estate.server.snapshot()).toEqual(before);
  });

  test.runIf(maySmallDisk())(
    "a server whose disk is full: told, the bucket whole, nothing left after an undo",
    async () => {
      const small = await openS3Estate({ wrap: (folder) => withSmallDisk(folder, "64m") });
      try {
        const path = join(small.folder, "large");
        await mkdir(path);
        for (const [key, text] of Object.entries(CONTENT)) {
          await mkdir(join(path, key, ".."), { recursive: true });
          await writeFile(join(path, key), text);
        }
        for (let n = 0; n < 12; n += 1) await writeFile(join(path, `film ${n}.mp4`), randomBytes(8_000_000));
        const before = await small.server.snapshot();
        const ran = await small.restore(["--backup", path]);
        expectOutcome(ran, 20, /XMinioStorageFull|StorageFull|full/, "free disk at the server");
        expect((await small.server.snapshot())["content"]).toEqual(before["content"]);
        expectOutcome(await small.lifeboat(["undo", runOf(ran), "--confirm", "content"]), 0);
        expect(await small.server.snapshot()).toEqual(before);
      } finally {
        await small.stop();
      }
    },
  );
});
