import type { CheckResult } from "../../step/check.ts";
import type { ArtifactFormat } from "../backup.ts";

/** What bytes or a folder are, whatever packs them. */
export type Seen = Omit<ArtifactFormat, "wrapper">;

/** Looks at unpacked content on its way, chunk by chunk, and keeps little of it. */
export interface ContentReader {
  push(chunk: Buffer): void;
  /** `facts` is JSON that later steps may want to know; it is not called for content that could not be unpacked. */
  end(): { results: CheckResult[]; facts?: Record<string, unknown> };
}

/** A file of a folder, by its path inside. */
export interface Member {
  name: string;
  bytes: number;
  sha256: string;
}

/** How the artifacts of one kind of store are told from others and read. */
export interface ArtifactKind {
  /** What the first 64 kB, unpacked, are when they are this kind's own. Asked before anything general. */
  payloadOf?(head: Buffer): Seen | undefined;
  /** What bytes are that nobody knows, for formats that cannot be told by their first bytes. */
  otherwise?: Seen;
  /** What a folder is, by the paths of its files (all of them, with / between); undefined when it is no backup. */
  folderOf(files: readonly string[]): Seen | undefined;
  /** Why a folder is none: "a folder without toc.dat, so not a directory-format backup". */
  noFolder: string;
  /** Reads a file's content on its way; undefined where only digest and unpacking count. */
  reader?(payload: ArtifactFormat["payload"]): ContentReader | undefined;
  /** The same for one file of a folder; `wrapper` is what its own first bytes say. */
  memberReader?(name: string): ContentReader | undefined;
  /** Judges a folder as a whole when every file was read; `read` is what each member's reader gave. */
  judgeFolder?(
    path: string,
    members: readonly Member[],
    read: ReadonlyMap<string, Record<string, unknown>>,
  ): Promise<{ results: CheckResult[]; facts?: Record<string, unknown> }>;
}
