import type { Hint } from "../hint.ts";

/** What docker says, and what it means. */
export const HINTS: readonly Hint[] = [
  {
    says: /Cannot connect to the Docker daemon at (\S+?)\.? Is the docker daemon running/,
    likely: "no engine listens at $1, or it was stopped",
    next: "start it (systemctl start docker), or correct docker-host, DOCKER_HOST or the docker context",
  },
  {
    says: /permission denied while trying to connect to the Docker daemon socket/,
    likely: "this account may not talk to the engine",
    next: "use an account of the group docker, or root (sudo)",
  },
  {
    says: /(?:get (?=[\w.-]+: no such volume)|No such volume: )([\w.-]+)/,
    likely: "the engine has no volume $1",
    next: "look at docker volume ls, and correct volume in system.yaml",
  },
  {
    says: /Unable to find image '([^']+)' locally|No such image: (\S+)/,
    likely: "the engine does not have the image that looks into the volume",
    next: "docker pull it, docker load it, or set image in system.yaml to one that is there (docker image ls)",
  },
  {
    says: /still used \(started meanwhile, or by a policy\): (.+)/,
    likely: "something starts it again: a restart policy, compose, swarm or a person",
    next: "stop what starts it, then run the step again",
  },
  {
    says: /volume is in use - \[([0-9a-f]{12})/,
    likely: "the container $1 still has the volume, stopped or not",
    next: "docker rm $1 when it is not needed, then run the step again",
  },
];
