import type { HopOf } from "../../step/hop.ts";

/**
 * ssh as a carrier of data: no terminal, nothing that could ask, no forwarding, a dead line noticed within a minute.
 * With `control` it goes through a connection that is open already, and makes one of its own when that is gone.
 */
export function sshWords(hop: HopOf<"ssh">, control?: string): string[] {
  const options = {
    BatchMode: "yes",
    ConnectTimeout: String(hop.timeoutSeconds),
    ServerAliveInterval: "15",
    ServerAliveCountMax: "4",
    ClearAllForwardings: "yes",
    ControlMaster: "no",
    ControlPath: control ?? "none",
  };
  return [
    "ssh",
    "-T",
    ...(hop.config === undefined ? [] : ["-F", hop.config]),
    ...(hop.port === undefined ? [] : ["-p", String(hop.port)]),
    ...(hop.jump === undefined ? [] : ["-J", hop.jump]),
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    hop.destination,
    "--",
  ];
}
