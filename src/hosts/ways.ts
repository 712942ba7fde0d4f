import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Command } from "../step/command.ts";
import { type Hop, hopWords } from "../step/hop.ts";
import type { ChildResult } from "./child.ts";
import type { Located } from "./hops/located.ts";
import { locate } from "./locate.ts";
import type { SshMasters } from "./ssh-master.ts";
import { knownNext, type TransportFailure } from "./verdict.ts";

type Answer = ChildResult & { transport?: TransportFailure };

export interface Ways {
  /** Throws LifeboatError (exit 11) for what is not there or cannot be reached. */
  find(hops: readonly Hop[]): Promise<Located[]>;
  /** After a failure on the way: what was looked up may have changed. */
  forget(): void;
}

/**
 * Looks up what the hops of a way stand for (a container's id, a pod) and keeps it until the way fails: commands then go
 * to that very container, never by accident to another one of the same name.
 */
export function createWays(launch: (question: Command) => Promise<Answer>, masters: SshMasters): Ways {
  const known = new Map<string, Promise<Located>>();
  const ask = async (question: Command, hop: Hop): Promise<string> => {
    const result = await launch(question);
    if (result.exit === 0 && result.transport === undefined) return result.stdout;
    throw unreachable(hop, result);
  };
  const find = async (hops: readonly Hop[]): Promise<Located[]> => {
    const located: Located[] = [];
    for (const [at, hop] of hops.entries()) {
      const key = JSON.stringify(hops.slice(0, at + 1));
      const outer = hops.slice(0, at);
      const found = known.get(key) ?? locate(hop, outer, (question) => ask(question, hop), masters);
      known.set(key, found);
      found.catch(() => known.delete(key));
      located.push(await found);
    }
    return located;
  };
  return { find, forget: () => known.clear() };
}

function unreachable(hop: Hop, result: Answer): LifeboatError {
  const { transport } = result;
  const silent = result.exit === undefined ? "it did not answer in time" : "";
  const why = transport?.why ?? (result.stderr.trim() || result.stdout.trim() || silent);
  return new LifeboatError(EXIT.preflight, {
    what: transport?.what ?? `${hopWords(hop)} cannot be reached`,
    ...(why === "" ? {} : { why }),
    next: transport?.next ?? knownNext(why) ?? "look whether it is there, and under which name",
  });
}
