import type { Cluster, ComposeProject, Engine } from "./hop.ts";

/** How docker is told which engine is meant. */
export const engineFlags = ({ engine, context }: Engine): string[] => [
  ...(engine === undefined ? [] : ["--host", engine]),
  ...(context === undefined ? [] : ["--context", context]),
];

/** docker, and the engine it is to talk to. */
export const dockerWords = (engine: Engine): string[] => ["docker", ...engineFlags(engine)];

/** kubectl, and the cluster and namespace it is to talk to. */
export const kubectlWords = ({ context, namespace, kubeconfig }: Cluster): string[] => [
  "kubectl",
  ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]),
  ...(context === undefined ? [] : ["--context", context]),
  "-n",
  namespace,
];

/** compose's own options for a project, without the program: both versions take them alike. */
export const projectWords = ({ files, directory, project, envFile }: ComposeProject): string[] => [
  ...files.flatMap((file) => ["-f", file]),
  ...(directory === undefined ? [] : ["--project-directory", directory]),
  ...(project === undefined ? [] : ["-p", project]),
  ...(envFile === undefined ? [] : ["--env-file", envFile]),
];
