import { createHash } from "node:crypto";

/** How the sum is made; the script that sums a collection at the server says the same word. */
export const SUM_METHOD = "sha256-lanes";

const LANES = 4;

/**
 * A sum over documents that does not depend on their order, which no server promises: the first 16 bytes of each
 * document's sha256 as four numbers of 32 bits, each added up on its own. Not xor: two equal documents would vanish.
 */
export class ContentSum {
  documents = 0;
  readonly #lanes = new Uint32Array(LANES);

  add(document: Buffer): void {
    const digest = createHash("sha256").update(document).digest();
    for (let lane = 0; lane < LANES; lane += 1)
      this.#lanes[lane] = (this.#lanes[lane] ?? 0) + digest.readUInt32LE(4 * lane);
    this.documents += 1;
  }

  hex(): string {
    return [...this.#lanes].map((lane) => lane.toString(16).padStart(8, "0")).join("");
  }
}
