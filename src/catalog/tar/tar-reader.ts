import { createHash, type Hash } from "node:crypto";
import { BLOCK, decodeHeader, decodePax, type TarHeader } from "./header.ts";

/** One member of an archive. */
export interface TarMember extends Omit<TarHeader, "size"> {
  /** Of its content; what a hard link stands for has it with the member it leads to. */
  size: number;
  /** Of a file's content; "" for everything else. */
  sha256: string;
  /** Names of the pax records it has besides the usual ones, such as extended attributes. */
  pax: string[];
}

/** How an archive ended. */
export interface TarEnding {
  /** The block of zeros that says that nothing follows was there. */
  closed: boolean;
  /** Bytes behind it that are no zeros: tar never reads them. */
  behind: number;
  /** Where it stops being an archive, and why. */
  problem: string | undefined;
}

/** Letters whose content describes the next member. */
const DESCRIBES = new Set(["x", "g", "L", "K"]);
const USUAL = new Set([
  "path",
  "linkpath",
  "size",
  "uid",
  "gid",
  "uname",
  "gname",
  "mtime",
  "atime",
  "ctime",
]);
/** Long names and pax records fit into this; more is no description. */
const MOST = 16 * 1024 * 1024;

/**
 * Reads an archive on its way, a chunk at a time. Written for what tar libraries pass over: an archive that ends between
 * two members (tar exits 0), names that are no UTF-8, sparse members, and whatever follows the end mark.
 */
export class TarReader {
  readonly #onMember: (member: TarMember) => void;
  readonly #onContent: ((file: TarHeader, part: Buffer) => void) | undefined;
  #held: Buffer = Buffer.alloc(0);
  #position = 0;
  /** Bytes of the present member's content still to come, and of what fills its last block. */
  #left = 0;
  #padding = 0;
  #header: TarHeader | undefined;
  #hash: Hash | undefined;
  #parts: Buffer[] | undefined;
  #pax = new Map<string, string>();
  readonly #global = new Map<string, string>();
  #longName: string | undefined;
  #longLink: string | undefined;
  #closed = false;
  #behind = 0;
  #problem: string | undefined;

  /** `onContent` gets a file's content on its way; what it keeps has to be a copy. */
  constructor(onMember: (member: TarMember) => void, onContent?: (file: TarHeader, part: Buffer) => void) {
    this.#onMember = onMember;
    this.#onContent = onContent;
  }

  push(chunk: Buffer): void {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (rest.length > 0 && this.#problem === undefined) {
      const used = this.#take(rest);
      if (used === 0) break;
      this.#position += used;
      rest = rest.subarray(used);
    }
    this.#held = this.#problem === undefined ? rest : Buffer.alloc(0);
  }

  end(): TarEnding {
    const inside = this.#header !== undefined || this.#padding > 0 || this.#held.length > 0;
    if (this.#problem === undefined && !this.#closed && inside)
      this.#problem = `it ends at byte ${this.#position + this.#held.length}, inside the member ${this.#header?.name ?? "before it"}`;
    return { closed: this.#closed, behind: this.#behind, problem: this.#problem };
  }

  /** How many bytes were understood; 0 when more are needed. */
  #take(bytes: Buffer): number {
    if (this.#left > 0) return this.#content(bytes);
    if (this.#padding > 0) {
      const used = Math.min(this.#padding, bytes.length);
      this.#padding -= used;
      return used;
    }
    if (this.#closed) {
      this.#behind += bytes.reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0);
      return bytes.length;
    }
    if (bytes.length < BLOCK) return 0;
    this.#block(bytes.subarray(0, BLOCK));
    return BLOCK;
  }

  #content(bytes: Buffer): number {
    const part = bytes.subarray(0, this.#left);
    this.#left -= part.length;
    this.#hash?.update(part);
    if (this.#hash && this.#header) this.#onContent?.(this.#header, part);
    // The bytes belong to the chunk; what is kept beyond it has to be a copy.
    this.#parts?.push(Buffer.from(part));
    if (this.#left === 0) this.#finish();
    return part.length;
  }

  #block(block: Buffer): void {
    if (block.every((byte) => byte === 0)) {
      this.#closed = true;
      return;
    }
    const header = decodeHeader(block);
    if (header === undefined) {
      this.#problem = `at byte ${this.#position} there is no header: at least one byte before it was changed, or it is no tar archive`;
      return;
    }
    const isDescription = DESCRIBES.has(header.type);
    const named = isDescription ? header : this.#described(header);
    const size = named.size;
    if (!(size >= 0) || (isDescription && size > MOST)) {
      this.#problem = `the header at byte ${this.#position} gives a size that cannot be`;
      return;
    }
    // Links, folders and the like have no content, whatever size some programs write for them.
    const carried = isDescription || !"123456".includes(named.type) ? size : 0;
    this.#header = { ...named, size: carried };
    this.#left = carried;
    this.#padding = (BLOCK - (carried % BLOCK)) % BLOCK;
    this.#parts = isDescription ? [] : undefined;
    this.#hash = named.type === "0" ? createHash("sha256") : undefined;
    if (carried === 0) this.#finish();
  }

  /** With what the descriptions before it say. */
  #described(header: TarHeader): TarHeader {
    const said = (key: string): string | undefined => this.#pax.get(key) ?? this.#global.get(key);
    const number = (key: string, otherwise: number): number => {
      const value = said(key);
      return value === undefined ? otherwise : Math.floor(Number(value));
    };
    const name = said("path") ?? this.#longName ?? header.name;
    return {
      ...header,
      name,
      type: this.#pax.has("GNU.sparse.major") || this.#pax.has("GNU.sparse.map") ? "S" : header.type,
      link: said("linkpath") ?? this.#longLink ?? header.link,
      size: number("size", header.size),
      uid: number("uid", header.uid),
      gid: number("gid", header.gid),
      mtime: number("mtime", header.mtime),
    };
  }

  #finish(): void {
    const header = this.#header;
    this.#header = undefined;
    if (header === undefined) return;
    if (this.#parts) return this.#describe(header.type, Buffer.concat(this.#parts));
    if (header.type === "S") {
      this.#problem = `the member ${header.name} is sparse: the tar of small images cannot read it; unpack it with GNU tar and pack it again without --sparse`;
      return;
    }
    const pax = [...this.#pax.keys()].filter((key) => !USUAL.has(key));
    this.#onMember({ ...header, sha256: this.#hash?.digest("hex") ?? "", pax });
    this.#pax = new Map();
    this.#longName = undefined;
    this.#longLink = undefined;
  }

  #describe(type: string, content: Buffer): void {
    this.#parts = undefined;
    const line = content.toString("latin1").replace(/\0.*$/s, "");
    if (type === "x") this.#pax = decodePax(content);
    else if (type === "g") for (const [key, value] of decodePax(content)) this.#global.set(key, value);
    else if (type === "L") this.#longName = line;
    else this.#longLink = line;
  }
}
