/**
 * The one image of the tests: a static busybox with its applets. No image can be pulled where there is no registry, and
 * pulling one is nothing the tests are about. `node test/provision/busybox-image.ts` makes it at the default daemon.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile, copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram, provisionedPath } from "./programs.ts";

export const BUSYBOX_IMAGE = "lifeboat-test/busybox";

const run = promisify(execFile);

/** Makes the image unless the daemon has it; gives its name. `env` says which daemon, e.g. { DOCKER_HOST }. */
export async function makeBusyboxImage(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const options = { env: { ...process.env, PATH: provisionedPath(), ...env } };
  const there = await run("docker", ["image", "ls", "-q", BUSYBOX_IMAGE], options);
  if (there.stdout.trim() !== "") return BUSYBOX_IMAGE;
  const folder = await mkdtemp(join(tmpdir(), "lifeboat-image-"));
  try {
    const root = join(folder, "root");
    await fillBusyboxRoot(root);
    const archive = join(folder, "image.tar");
    const owner = ["--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--sort=name"];
    await run("tar", ["-C", root, ...owner, "-cf", archive, "."], options);
    await run("docker", ["import", "--change", 'CMD ["sh"]', archive, BUSYBOX_IMAGE], options);
  } finally {
    await rm(folder, { recursive: true });
  }
  return BUSYBOX_IMAGE;
}

/** A file system with busybox and its applets. */
export async function fillBusyboxRoot(root: string): Promise<void> {
  const busybox = findProgram("busybox");
  if (busybox === undefined) throw new Error("no busybox on this machine; npm run provision -- docker");
  for (const name of ["bin", "etc", "proc", "sys", "dev", "tmp", "root"]) {
    await mkdir(join(root, name), { recursive: true });
  }
  await copyFile(busybox, join(root, "bin", "busybox"));
  const { stdout } = await run(busybox, ["--list"]);
  const applets = stdout.split("\n").filter((name) => name !== "" && name !== "busybox");
  for (const name of applets) await symlink("busybox", join(root, "bin", name));
  await writeFile(join(root, "etc", "passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  await writeFile(join(root, "etc", "group"), "root:x:0:\n");
}

if (import.meta.main) console.log(await makeBusyboxImage());
