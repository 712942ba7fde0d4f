import type { Cluster, ComposeProject, HopOf } from "../../step/hop.ts";

/** docker and the engine it is to talk to. */
export function dockerWords({
  engine,
  context,
}: {
  engine?: string | undefined;
  context?: string | undefined;
}): string[] {
  return [
    "docker",
    ...(engine === undefined ? [] : ["--host", engine]),
    ...(context === undefined ? [] : ["--context", context]),
  ];
}

export function kubectlWords({ context, namespace, kubeconfig }: Cluster): string[] {
  return [
    "kubectl",
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]),
    ...(context === undefined ? [] : ["--context", context]),
    "--namespace",
    namespace,
  ];
}

/** compose's own options for a project, without the program: both versions take them alike. */
export function projectWords({ files, directory, project, envFile }: ComposeProject): string[] {
  return [
    ...files.flatMap((file) => ["-f", file]),
    ...(directory === undefined ? [] : ["--project-directory", directory]),
    ...(project === undefined ? [] : ["-p", project]),
    ...(envFile === undefined ? [] : ["--env-file", envFile]),
  ];
}

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
