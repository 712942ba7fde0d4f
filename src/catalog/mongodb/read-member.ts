import { count } from "../../base/size.ts";
import type { CheckResult } from "../../step/check.ts";
import type { ContentReader } from "../kinds/artifact-kind.ts";
import { ContentSum } from "./content-sum.ts";
import { DocumentSplitter } from "./documents.ts";

const level = "artifact" as const;
const AGAIN = "copy it again from where it was made, or choose another backup";

/** What a .bson file of a folder holds. */
export interface MemberFacts extends Record<string, unknown> {
  documents: number;
  sum: string;
  bytes: number;
}

/** A .bson file: documents one after the other, and nothing that says how many there should be. */
export class BsonFileReader implements ContentReader {
  readonly #sum = new ContentSum();
  readonly #splitter = new DocumentSplitter({ document: (bytes) => this.#sum.add(bytes) });

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  end(): { results: CheckResult[]; facts: MemberFacts } {
    const { position, problem, rest } = this.#splitter;
    const facts = { documents: this.#sum.documents, sum: this.#sum.hex(), bytes: position };
    const name = "documents to the end";
    const at = count(position);
    if (problem !== undefined)
      return {
        results: [
          { name, level, result: "fail", why: `it is damaged at byte ${at}: ${problem}`, fix: AGAIN },
        ],
        facts,
      };
    if (rest > 0)
      return {
        results: [
          {
            name,
            level,
            result: "fail",
            why: `it was cut off: the document that begins at byte ${at} is not whole`,
            fix: AGAIN,
          },
        ],
        facts,
      };
    return { results: [{ name, level, result: "pass", found: count(facts.documents) }], facts };
  }
}

/** Index definitions of thousands of collections stay far below; what is longer is none. */
const LONGEST = 64 * 1024 * 1024;

/** A .metadata.json: kept as text, judged with the folder. */
export class MetadataReader implements ContentReader {
  readonly #parts: Buffer[] = [];
  #size = 0;

  push(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= LONGEST) this.#parts.push(chunk);
  }

  end(): { results: CheckResult[]; facts: Record<string, unknown> } {
    return { results: [], facts: { metadata: Buffer.concat(this.#parts).toString("utf8") } };
  }
}
