/**
 * An image of this machine's own Redis on busybox, made as the well-known one is: data in /data, a start script that gives the
 * files to the user redis and becomes that user. None can be pulled where there is no registry.
 */
import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { fillBusyboxRoot } from "./busybox-image.ts";
import { findProgram, provisionedPath } from "./programs.ts";

export const REDIS_IMAGE = "lifeboat-test/redis";

const run = promisify(execFile);

const ENTRYPOINT = `#!/bin/sh
set -e
case $1 in -*) set -- redis-server "$@" ;; esac
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . ! -user redis -exec chown redis '{}' +
  exec su -s /bin/sh -- redis -c 'exec "$0" "$@"' "$@"
fi
exec "$@"
`;

/** Makes the image at the daemon of `env`; gives its name. */
export async function makeRedisImage(env: Readonly<Record<string, string>>): Promise<string> {
  const options = { env: { ...process.env, PATH: provisionedPath(), ...env } };
  const folder = await mkdtemp(join(tmpdir(), "lifeboat-image-"));
  try {
    const root = join(folder, "root");
    await fillBusyboxRoot(root);
    for (const program of ["redis-server", "redis-cli", "redis-check-rdb"]) await addProgram(root, program);
    await mkdir(join(root, "data"));
    await writeFile(join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\nredis:x:999:999::/data:/bin/sh\n");
    await writeFile(join(root, "etc/group"), "root:x:0:\nredis:x:999:\n");
    await writeFile(join(root, "bin/entrypoint.sh"), ENTRYPOINT);
    await chmod(join(root, "bin/entrypoint.sh"), 0o755);
    const archive = join(folder, "image.tar");
    const owner = ["--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--sort=name"];
    await run("tar", ["-C", root, ...owner, "-cf", archive, "."], options);
    const says = ["WORKDIR /data", 'ENTRYPOINT ["/bin/entrypoint.sh"]', 'CMD ["redis-server"]'];
    const changes = says.flatMap((change) => ["--change", change]);
    await run("docker", ["import", ...changes, archive, REDIS_IMAGE], options);
  } finally {
    await rm(folder, { recursive: true });
  }
  return REDIS_IMAGE;
}

/** A program with the libraries it is linked with. */
async function addProgram(root: string, name: string): Promise<void> {
  const file = findProgram(name);
  if (file === undefined) throw new Error(`no ${name} on this machine; npm run provision -- redis`);
  await copyFile(file, join(root, "bin", name));
  const { stdout } = await run("ldd", [file]);
  for (const [, library = ""] of stdout.matchAll(/(\/\S+) \(0x/g)) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await copyFile(library, join(root, library));
  }
}

if (import.meta.main) console.log(await makeRedisImage({}));
