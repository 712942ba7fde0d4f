import type { Readable } from "node:stream";

/** What is kept of a stream: its first or its last bytes. */
export interface Drained {
  kept: Buffer;
  /** There was more than what is kept. */
  cut: boolean;
}

/**
 * Reads a stream to its end and hands on every chunk; memory holds `limit` bytes of it (of its end: at most twice that
 * much). A promise from `onChunk` holds the writer back.
 */
export async function drain(
  stream: AsyncIterable<Buffer>,
  limit: number,
  end: "head" | "tail",
  onChunk: (chunk: Buffer) => void | Promise<void>,
): Promise<Drained> {
  let kept: Buffer[] = [];
  let size = 0;
  let cut = false;
  for await (const chunk of stream) {
    await onChunk(chunk);
    if (end === "head" && size >= limit) {
      cut = true;
      continue;
    }
    kept.push(chunk);
    size += chunk.length;
    if (end === "tail" && size > limit * 2) {
      kept = [Buffer.concat(kept).subarray(-limit)];
      size = limit;
      cut = true;
    }
  }
  const all = Buffer.concat(kept);
  return { kept: end === "head" ? all.subarray(0, limit) : all.subarray(-limit), cut: cut || size > limit };
}

/** The pieces of a stream as they come. One that was closed from this side has ended as well. */
export async function* chunks(stream: Readable): AsyncGenerator<Buffer> {
  const source: AsyncIterable<Buffer> = stream;
  try {
    yield* source;
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}
