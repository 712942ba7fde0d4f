import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDirectory } from "../../../src/catalog/read-directory.ts";
import type { Command } from "../../../src/step/command.ts";
import {
  EXACTLY,
  fetchCommands,
  removeCommand,
  sendCommands,
  sumsCommand,
} from "../../../src/stores/host/carry-files.ts";
import { judgeSameThere } from "../../../src/stores/host/judges.ts";
import { binWith, place, ranThere } from "./far-end.ts";
import { maySmallDisk, withSmallDisk } from "../../helpers/small-disk.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp("/tmp/lifeboat-carry-files-");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const anew = async (): Promise<string> => mkdtemp(join(folder, "there-"));
const only = (commands: readonly Command[]): Command =>
  commands[0] ?? { argv: ["false"], env: {}, secrets: {} };

describe("a file", () => {
  const content = Buffer.from("0123456789".repeat(20_000));
  const send = (there: string): Command =>
    only(
      sendCommands(
        place,
        { here: "/only-here/f", there: `${there}/run/step/backup/f`, isFolder: false },
        { runFolder: `${there}/run`, work: "/only-here/w", bytes: content.length },
      ),
    );

  test("comes whole, in folders that nobody else may look into", async () => {
    const there = await anew();
    expect(ranThere(send(there), content)).toMatchObject({ exit: 0, stderr: "" });
    expect((await readFile(`${there}/run/step/backup/f`)).equals(content)).toBe(true);
    for (const path of ["run", "run/step", "run/step/backup"])
      expect((await stat(join(there, path))).mode & 0o777, path).toBe(0o700);
  });

  test("that is cut anywhere on its way is red, and leaves nothing that could be taken for it", async () => {
    const there = await anew();
    for (const bytes of [0, 1, 4096, 65_536, content.length - 1]) {
      const { exit, stderr } = ranThere(send(there), content.subarray(0, bytes));
      expect(exit, String(bytes)).toBe(1);
      expect(stderr).toContain(`${bytes} of ${content.length} bytes came`);
      expect(await readdir(`${there}/run/step/backup`)).toEqual([]);
    }
    expect(ranThere(send(there), content)).toMatchObject({ exit: 0 });
  });

  test("with another content of the same length is refused where its sum was sent along", async () => {
    const there = await anew();
    const sum = createHash("sha256").update(content).digest("hex");
    const other = Buffer.from(content).fill("x", 5, 6);
    expect(ranThere(send(there), other, { FEED_SHA256: sum })).toMatchObject({ exit: 1 });
    expect(ranThere(send(there), content, { FEED_SHA256: sum })).toMatchObject({ exit: 0 });
  });

  test.skipIf(!maySmallDisk())("that does not fit is red, and gives its room back", async () => {
    const there = await anew();
    const { argv } = send(join(there, "disk"));
    const script = `mkdir -p "$0"; "$@"; code=$?; df -Pk "$0" | tail -n 1; find "$0" -type f; exit $code`;
    const small = ["sh", "-c", script, join(there, "disk"), ...argv];
    await mkdir(join(there, "disk"));
    const { exit, stdout, stderr } = ranThere(
      { argv: [...withSmallDisk(join(there, "disk"), "64k"), ...small], env: {}, secrets: {} },
      content,
    );
    expect(exit).toBe(1);
    expect(stderr).toContain("No space left on device");
    expect(stderr).toContain(`of ${content.length} bytes came and were written`);
    expect(String(stdout)).toMatch(/ 64 +0 +64 /);
    expect(String(stdout).trim().split("\n")).toHaveLength(1);
  });

  test("is never put into a folder that somebody else has laid out for it", async () => {
    const there = await anew();
    await mkdir(join(there, "elsewhere"));
    await symlink(join(there, "elsewhere"), join(there, "run"));
    const { exit, stderr } = ranThere(send(there), content);
    expect(exit).toBe(1);
    expect(stderr).toContain("File exists");
    expect(await readdir(join(there, "elsewhere"))).toEqual([]);
  });
});

describe("so many bytes of a stream and not one more", () => {
  const stream = Buffer.from("0123456789".repeat(20_000));
  const taken = (bytes: number, env?: Record<string, string>) =>
    ranThere(
      {
        argv: ["sh", "-c", `${EXACTLY}cat | exactly ${bytes}`],
        env: {},
        secrets: {},
      },
      stream,
      env,
    );
  test.each([0, 5, 65_536, 65_537, 150_000])("%i", async (bytes) => {
    const oldDd = await binWith(folder, "head");
    await writeFile(`${oldDd}/dd`, "#!/bin/sh\necho 'dd: unknown operand' >&2; exit 1\n");
    await chmod(`${oldDd}/dd`, 0o755);
    for (const env of [{}, { PATH: oldDd }])
      expect(taken(bytes, env)).toMatchObject({ exit: 0, stdout: stream.subarray(0, bytes), stderr: "" });
  });
});

async function made(): Promise<string> {
  const here = await anew();
  await mkdir(join(here, "deep"));
  for (const name of ["a", "deep/b c", "deep/käse", "-x"])
    await writeFile(join(here, name), `content of ${name}`);
  await symlink("a", join(here, "link"));
  return here;
}
const sendFolder = (here: string, there: string, keep = false): Command[] =>
  sendCommands(
    place,
    { here, there: `${there}/run/d`, isFolder: true },
    { runFolder: `${there}/run`, work: `${there}/work`, keep },
  );
const digest = async (path: string): Promise<string> =>
  (await readDirectory(path, { folderOf: () => undefined, noFolder: "" }, {})).sha256;
const judged = (path: string, sha256: string, env?: Record<string, string>) =>
  judgeSameThere(
    { stdout: String(ranThere(sumsCommand(place, path), undefined, env).stdout), stderr: "", exit: 0 },
    { name: "it", readBy: "read" },
    () => ({ sha256 }),
  )[0];

describe("a folder", () => {
  test("comes file by file the same, by whatever program makes the sums", async () => {
    const [here, there] = [await made(), await anew()];
    const [pack, take] = sendFolder(here, there);
    if (!pack || !take) throw new Error("no commands");
    expect(ranThere(pack)).toMatchObject({ exit: 0 });
    const archive = await readFile(`${there}/work.sent.tar`);
    const bytes = String(archive.length);
    expect(ranThere(take, archive.subarray(0, 1500), { FEED_BYTES: bytes })).toMatchObject({ exit: 1 });
    expect(await readdir(`${there}/run`)).toEqual([]);
    // As a person types it, without any count.
    expect(ranThere(take, archive)).toMatchObject({ exit: 0 });
    expect(ranThere(take, archive, { FEED_BYTES: bytes })).toMatchObject({ exit: 0 });
    const sha256 = await digest(here);
    expect(judged(`${there}/run/d`, sha256)).toMatchObject({ result: "pass" });
    for (const program of ["openssl", "shasum"]) {
      const bin = await binWith(folder, program);
      expect(judged(`${there}/run/d`, sha256, { PATH: bin }), program).toMatchObject({ result: "pass" });
    }
    expect(judged(`${there}/run/d`, sha256, { PATH: await binWith(folder) })).toMatchObject({
      result: "not checked",
      why: "no program there makes a sha256",
    });
    await writeFile(`${there}/run/d/deep/b c`, "content of deep/b d");
    expect(judged(`${there}/run/d`, sha256)).toMatchObject({ result: "fail" });
    await rm(`${there}/run/d/-x`);
    expect(judged(`${there}/run/d`, sha256)).toMatchObject({ result: "fail" });
  });

  test("that is still there is kept when it is only sent in case it is gone", async () => {
    const [here, there] = [await made(), await anew()];
    await mkdir(`${there}/run/d`, { recursive: true });
    await writeFile(`${there}/run/d/mine`, "");
    const [, take] = sendFolder(here, there, true);
    if (!take) throw new Error("no commands");
    expect(ranThere(take, Buffer.from("not even an archive"))).toMatchObject({ exit: 0 });
    expect(await readdir(`${there}/run/d`)).toEqual(["mine"]);
  });

  test("comes back, and only has its name when all of it is here", async () => {
    const [there, here] = [await made(), await anew()];
    const target = join(here, "safety/copy");
    const commands = fetchCommands(place, { here: target, there, isFolder: true });
    const [prepare, read, unpack] = commands;
    if (!prepare || !read?.into || !unpack) throw new Error("no commands");
    expect(ranThere(prepare)).toMatchObject({ exit: 0 });
    const archive = ranThere(read).stdout;
    await writeFile(read.into, archive.subarray(0, 1500));
    expect(ranThere(unpack).exit).not.toBe(0);
    expect(await readdir(join(here, "safety"))).not.toContain("copy");
    await writeFile(read.into, archive);
    expect(ranThere(unpack)).toMatchObject({ exit: 0 });
    expect(await digest(target)).toBe(await digest(there));
  });

  test("removed, it takes the run's folder along only when nothing else is in it", async () => {
    const there = await anew();
    await mkdir(`${there}/run/a/safety`, { recursive: true });
    await mkdir(`${there}/run/a/backup`);
    const remove = (spare?: string): Command => removeCommand(place, `${there}/run/a`, `${there}/run`, spare);
    expect(ranThere(remove("safety"))).toMatchObject({ exit: 0 });
    expect(await readdir(`${there}/run/a`)).toEqual(["safety"]);
    await mkdir(`${there}/run/other`);
    expect(ranThere(remove())).toMatchObject({ exit: 0 });
    expect(await readdir(`${there}/run`)).toEqual(["other"]);
    await rm(`${there}/run/other`, { recursive: true });
    expect(ranThere(remove())).toMatchObject({ exit: 0 });
    expect(await readdir(there)).toEqual([]);
    // Twice is as good as once.
    expect(ranThere(remove())).toMatchObject({ exit: 0 });
  });
});
