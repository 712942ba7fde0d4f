import { spawnSync } from "node:child_process";

/**
 * Goes before an argv: the program (and what it starts) sees a small disk of its own at `folder`, made in a private mount
 * namespace, so that nothing is left mounted however it ends. Needs root or a kernel that lets users make namespaces.
 */
export function withSmallDisk(folder: string, size: string, owner?: { uid: number; gid: number }): string[] {
  const whose = owner === undefined ? "" : `,uid=${owner.uid},gid=${owner.gid}`;
  const script = `mount -t tmpfs -o "size=$2,mode=700$3" tmpfs "$1" && shift 3 && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", script, "sh", folder, size, whose];
}

/** Whether this machine lets the tests make a small disk. */
export function maySmallDisk(): boolean {
  return spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
}
