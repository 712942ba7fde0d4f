import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import type { Command } from "../step/command.ts";
import { childEnv, type ChildEnvConfig } from "./child-env.ts";
import { type ChildOptions, type ChildResult, NOT_BEGUN, runChild } from "./child.ts";
import { endFar } from "./end-far.ts";
import { farCall } from "./far-call.ts";
import type { FarInput } from "./far-text.ts";
import { MarkReader } from "./mark-reader.ts";
import { createSshMasters } from "./ssh-master.ts";
import { createWays } from "./ways.ts";
import { isTurnedAway, type TransportFailure, transportFailure } from "./verdict.ts";

export type { TransportFailure } from "./verdict.ts";
export type CarryResult = ChildResult & { transport?: TransportFailure };
type Carry = (command: Command, options: ChildOptions) => Promise<CarryResult>;

/** How long looking up a container or a pod may take. */
const ASK_MS = 30_000;
/** How long ending what still runs at a far end may take when the way there is bad. */
const END_FAR_MS = 15_000;
/** How long to wait before each further try when the other machine has too many logins at once. */
const TURNED_AWAY_MS = [150, 300, 600, 1200];

/** Carries commands to where their hops lead. */
export function createCarrier(config: ChildEnvConfig, graceMs: number): Carry {
  const masters = createSshMasters(config.env);
  const ways = createWays(
    (question) =>
      (question.on ?? []).length === 0
        ? here(question)
        : carry(question, { signal: AbortSignal.timeout(ASK_MS) }),
    masters,
  );
  const here = (question: Command): Promise<CarryResult> =>
    runChild(
      { argv: question.argv, env: childEnv(config, question), graceMs },
      { signal: AbortSignal.timeout(ASK_MS) },
    );
  const carryOnce: Carry = async (command, options) => {
    const input: FarInput =
      command.feed !== undefined ? "rest" : command.stdin === undefined ? "none" : "text";
    const { argv, env, text, nonce, located } = await farCall(config, ways, command, input);
    // Looking up the way takes its time, too.
    const isStopped = (): boolean => options.signal?.aborted === true;
    if (isStopped()) return NOT_BEGUN;
    const marks = new MarkReader(nonce);
    const endThere = async (): Promise<boolean> =>
      endFar(located, nonce, { env, graceMs, limitMs: END_FAR_MS });
    const result = await runChild(
      { argv, env, input: command.feed === undefined ? text : withFile(text, command.feed.file), graceMs },
      {
        ...options,
        beforeStop: async () => void (await endThere()),
        through: (pieces, over) => withoutMarks(pieces, marks, over),
      },
    );
    const transport = transportFailure(command.on ?? [], marks, result);
    if (transport === undefined) return { ...result, exit: marks.exit, signal: undefined };
    if (isStopped()) return { ...result, exit: undefined };
    ways.forget();
    return { ...result, exit: undefined, transport: await settled(transport, endThere) };
  };
  const carry: Carry = async (command, options) => {
    for (const pauseMs of TURNED_AWAY_MS) {
      const result = await carryOnce(command, options);
      if (result.transport === undefined || !isTurnedAway(result.transport)) return result;
      // Many that were turned away together must not come again together.
      await setTimeout(pauseMs * (1 + Math.random()));
      if (options.signal?.aborted === true) return NOT_BEGUN;
    }
    return carryOnce(command, options);
  };
  return carry;
}

/** Whatever was begun and lost must not go on while somebody decides what to do about it. */
async function settled(
  transport: TransportFailure,
  endThere: () => Promise<boolean>,
): Promise<TransportFailure> {
  if (transport.begun === "no") return transport;
  const ended = await endThere();
  const next = ended
    ? `nothing of it runs there any more; ${transport.next}`
    : `it may still run there, and could not be looked for; ${transport.next}`;
  return { ...transport, next };
}

async function* withoutMarks(
  pieces: AsyncIterable<Buffer>,
  marks: MarkReader,
  over: () => void,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    const output = marks.take(piece);
    if (output.length > 0) yield output;
    if (marks.exit !== undefined) over();
  }
  const rest = marks.rest();
  if (rest.length > 0) yield rest;
}

function withFile(text: string, file: string): Readable {
  return Readable.from(textAndFile(text, file), { objectMode: false });
}

async function* textAndFile(text: string, file: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
  yield* createReadStream(file, { highWaterMark: 1 << 20 });
}
