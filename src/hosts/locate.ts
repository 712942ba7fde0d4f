import type { Hop } from "../step/hop.ts";
import { findContainer, findComposeContainer } from "./hops/container.ts";
import { findPod } from "./hops/pod.ts";
import type { AskOnTheWay, Located } from "./hops/located.ts";
import { sshWords } from "./hops/ssh-words.ts";
import type { SshMasters } from "./ssh-master.ts";

/**
 * Looks up what is at the end of one hop; `outer` is the way to it, `ask` puts questions there. Throws LifeboatError (exit
 * 11) for a container or pod that is not there, does not run, or is one of several.
 */
export async function locate(
  hop: Hop,
  outer: readonly Hop[],
  ask: AskOnTheWay,
  masters: SshMasters,
): Promise<Located> {
  switch (hop.via) {
    case "ssh":
      return { via: "ssh", ssh: sshWords(hop, await masters.socketFor(hop)) };
    case "sudo":
      return hop;
    case "docker":
      return findContainer(hop, outer, ask);
    case "compose":
      return findComposeContainer(hop, outer, ask);
    case "kubernetes":
      return findPod(hop, outer, ask);
  }
}
