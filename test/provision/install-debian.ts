import { findProgram } from "./programs.ts";
import type { DebianTool } from "./need.ts";
import { runLogged } from "./run-logged.ts";

/**
 * Debian starts a server as soon as its package is installed, on its default port. A policy-rc.d that answers 101 (not
 * allowed) prevents that; one that is there already is left alone. `disable` does the same for the next boot.
 * --no-remove: nothing that a developer has on this machine goes.
 */
const SCRIPT = `set -eu
units=$1; shift
policy=/usr/sbin/policy-rc.d
if ! test -e "$policy"; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends --no-remove "$@"
if command -v systemctl >/dev/null; then
  for unit in $units; do systemctl disable "$unit" || true; done
fi
`;

/** What is run to install these packages. */
export function debianCommand(tools: readonly DebianTool[], asRoot: boolean): string[] {
  const units = tools.flatMap((tool) => tool.units ?? []).join(" ");
  const packages = tools.map((tool) => tool.package);
  return [...(asRoot ? [] : ["sudo"]), "sh", "-c", SCRIPT, "provision", units, ...packages];
}

export async function installDebian(tools: readonly DebianTool[], log: string): Promise<void> {
  const packages = tools.map((tool) => tool.package).join(" ");
  if (findProgram("apt-get") === undefined) {
    throw new Error(`no apt-get on this machine; install what it calls: ${packages}`);
  }
  const asRoot = process.getuid?.() === 0;
  if (!asRoot && findProgram("sudo") === undefined) {
    throw new Error(`neither root nor sudo; as root: apt-get install ${packages}`);
  }
  await runLogged(debianCommand(tools, asRoot), { log });
}
