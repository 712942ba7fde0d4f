import { count, counted } from "../../base/size.ts";
import type { CheckResult } from "../../step/check.ts";
import type { ContentReader } from "../kinds/artifact-kind.ts";
import { flatFields } from "./bson-fields.ts";
import { ContentSum, SUM_METHOD } from "./content-sum.ts";
import { Crc64 } from "./crc64.ts";
import { DocumentSplitter } from "./documents.ts";
import type { Dumped, DumpFacts } from "./dumped.ts";
import { parseMetadata } from "./metadata.ts";
import { ARCHIVE_MAGIC, ARCHIVE_VERSION, type Announced, announced, madeBy } from "./prelude.ts";

const level = "artifact" as const;
const AGAIN = "copy it again from where it was made, or choose another backup";

interface Space {
  announced: Announced;
  sum: ContentSum;
  crc: Crc64;
  bytes: number;
  /** Its end mark has been seen. */
  ended: boolean;
}

/**
 * Reads what `mongodump --archive` wrote: the prelude names every collection, then blocks of documents follow, those of
 * several collections in turn, each collection closed by an end mark that bears a CRC-64 of its documents.
 * mongorestore only finds out half way, with the first collections already restored, or not at all when the cut lies
 * behind the prelude of collections that are empty.
 */
export class ArchiveReader implements ContentReader {
  readonly #spaces = new Map<string, Space>();
  readonly #problems: string[] = [];
  readonly #splitter = new DocumentSplitter({
    document: (bytes) => this.#document(bytes),
    end: () => this.#blockEnds(),
  });
  #magic = ARCHIVE_MAGIC.length / 2;
  #state: "header" | "prelude" | "between" | "block" = "header";
  #current: Space | undefined;
  #made = { tool: "", server: "" };

  push(chunk: Buffer): void {
    const skipped = Math.min(this.#magic, chunk.length);
    this.#magic -= skipped;
    this.#splitter.push(chunk.subarray(skipped));
  }

  #document(bytes: Buffer): void {
    if (this.#state === "header") return this.#begin(bytes);
    if (this.#state === "prelude") this.#announce(bytes);
    else if (this.#state === "between") this.#blockBegins(bytes);
    else this.#take(bytes);
  }

  #begin(bytes: Buffer): void {
    const { version, ...made } = madeBy(bytes);
    if (version !== ARCHIVE_VERSION)
      return this.#stop(`its format is version "${version}", and only ${ARCHIVE_VERSION} is known`);
    this.#made = made;
    this.#state = "prelude";
  }

  #announce(bytes: Buffer): void {
    const one = announced(bytes);
    if (one === undefined) return this.#stop("its list of collections cannot be read");
    this.#spaces.set(spaceName(one.database, one.name), {
      announced: one,
      sum: new ContentSum(),
      crc: new Crc64(),
      bytes: 0,
      ended: false,
    });
  }

  #blockBegins(bytes: Buffer): void {
    const fields = flatFields(bytes);
    const name = spaceName(String(fields?.get("db")), String(fields?.get("collection")));
    // A time series is listed under its own name, and its documents come from its buckets.
    const space = this.#spaces.get(name) ?? this.#spaces.get(name.replace(".system.buckets.", "."));
    if (fields === undefined || space === undefined)
      return this.#stop("a block does not say of which collection it is");
    if (space.ended) return this.#stop(`${name} goes on behind its end mark`);
    this.#current = space;
    this.#state = "block";
    if (fields.get("EOF") !== true) return;
    space.ended = true;
    if (fields.get("CRC") !== space.crc.value())
      this.#problems.push(`${name}: its checksum does not fit its documents: at least one byte was changed`);
  }

  #take(bytes: Buffer): void {
    const space = this.#current;
    if (space === undefined) return;
    space.sum.add(bytes);
    space.crc.update(bytes);
    space.bytes += bytes.length;
  }

  #blockEnds(): void {
    if (this.#state === "header") return this.#stop("it has no header");
    this.#state = "between";
    this.#current = undefined;
  }

  #stop(why: string): void {
    this.#splitter.problem ??= why;
  }

  end(): { results: CheckResult[]; facts?: Record<string, unknown> } {
    const facts = this.#facts();
    const results = [this.#endResult(), ...this.#problems.map(damaged)];
    if (results.every((one) => one.result === "pass"))
      results.push({
        name: "every collection agrees with its checksum",
        level,
        result: "pass",
        found: inWords(facts.collections),
      });
    return { results, facts: { dump: facts } };
  }

  #endResult(): CheckResult {
    const base = { name: "the archive is whole", level };
    const at = count(this.#splitter.position + ARCHIVE_MAGIC.length / 2);
    const { problem, rest } = this.#splitter;
    if (problem !== undefined)
      return { ...base, result: "fail", why: `it is damaged near byte ${at}: ${problem}`, fix: AGAIN };
    const open = [...this.#spaces.values()].filter(({ ended, announced: a }) => !ended && hasDocuments(a));
    const names = open.map(({ announced: a }) => a.name);
    if (rest > 0 || this.#state !== "between" || open.length > 0) {
      const unfinished = names.length === 0 ? "" : `, before the end of ${names.slice(0, 5).join(", ")}`;
      return {
        ...base,
        result: "fail",
        why: `it was cut off: it ends at byte ${at}${unfinished}`,
        fix: AGAIN,
      };
    }
    if (this.#spaces.size === 0)
      return { ...base, result: "fail", why: "there is no collection in it", fix: AGAIN };
    return { ...base, result: "pass" };
  }

  #facts(): DumpFacts {
    const collections = [...this.#spaces.values()].map(dumped);
    return { collections: collections.toSorted(byName), ...this.#made };
  }
}

const spaceName = (database: string, name: string): string => `${database}.${name}`;

/** Of a view only the definition is dumped. */
function hasDocuments(one: Announced): boolean {
  return (parseMetadata(one.metadata)?.type ?? one.type) !== "view";
}

function damaged(why: string): CheckResult {
  return {
    name: "every collection agrees with its checksum",
    level,
    result: "fail",
    why,
    fix: AGAIN,
  };
}

function dumped({ announced: one, sum, bytes }: Space): Dumped {
  const metadata = parseMetadata(one.metadata);
  return {
    database: one.database,
    name: one.name,
    type: metadata?.type ?? (one.type === "" ? "collection" : one.type),
    documents: String(sum.documents),
    sum: sum.hex(),
    method: SUM_METHOD,
    bytes,
    options: metadata?.options ?? {},
    indexes: metadata?.indexes ?? [],
  };
}

export const byName = (a: Dumped, b: Dumped): number =>
  a.database.localeCompare(b.database) || a.name.localeCompare(b.name);

/** "4 collections, 12,000 documents". */
export function inWords(collections: readonly Dumped[]): string {
  const documents = collections.reduce((sum, one) => sum + Number(one.documents), 0);
  return `${counted(collections.length, "collection")}, ${counted(documents, "document")}`;
}
