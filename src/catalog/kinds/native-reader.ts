import { type Layout, layoutOf } from "./native-types.ts";

export interface NativeColumn {
  name: string;
  type: string;
}

/** What was read of a stream in ClickHouse's Native format. */
export interface NativeContent {
  columns: NativeColumn[];
  /** null when a type cannot be passed over: nothing behind it was understood. */
  rows: number | null;
  /** Why not all of it was read. */
  why?: string;
  /** It ends inside a block. */
  isCut: boolean;
}

/** More than any name or type has; what says more is no Native stream. */
const NAME_BYTES = 64 * 1024;

class NotNative extends Error {}
class NoLayout extends Error {}

/**
 * Passes over Native blocks, pushed chunk by chunk, and counts rows. The format has no end mark and no checksum: a stream
 * that was cut between two blocks looks whole, and only a manifest tells.
 */
export class NativeReader {
  readonly content: NativeContent = { columns: [], rows: 0, isCut: false };
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #betweenBlocks = true;
  readonly #work = this.#blocks();
  #stopped = false;

  push(chunk: Buffer): void {
    if (this.#stopped) return;
    this.#chunk =
      this.#at < this.#chunk.length ? Buffer.concat([this.#chunk.subarray(this.#at), chunk]) : chunk;
    this.#at = 0;
    try {
      this.#work.next();
    } catch (error) {
      if (!(error instanceof NotNative || error instanceof NoLayout)) throw error;
      this.#stopped = true;
      this.content.why = error.message;
      if (error instanceof NoLayout) this.content.rows = null;
      else this.content.isCut = true;
    }
  }

  end(): NativeContent {
    if (!this.#stopped && !this.#betweenBlocks) {
      this.content.isCut = true;
      this.content.why = "it ends in the middle of a block";
    }
    return this.content;
  }

  /** Waits until so many bytes are there. */
  *#wait(bytes: number): Generator<void, void, void> {
    while (this.#chunk.length - this.#at < bytes) yield;
  }

  *#number(): Generator<void, number, void> {
    let [value, scale] = [0, 1];
    for (;;) {
      if (this.#at >= this.#chunk.length) yield* this.#wait(1);
      const byte = this.#chunk[this.#at] ?? 0;
      this.#at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
      if (scale > 2 ** 49) throw new NotNative("it is no stream of Native blocks, or it is damaged");
    }
  }

  *#text(): Generator<void, string, void> {
    const length = yield* this.#number();
    if (length > NAME_BYTES) throw new NotNative("it is no stream of Native blocks, or it is damaged");
    yield* this.#wait(length);
    this.#at += length;
    return this.#chunk.toString("utf8", this.#at - length, this.#at);
  }

  *#skip(bytes: number): Generator<void, void, void> {
    let left = bytes;
    for (;;) {
      const here = Math.min(left, this.#chunk.length - this.#at);
      this.#at += here;
      left -= here;
      if (left === 0) return;
      yield;
    }
  }

  *#wide(): Generator<void, number, void> {
    yield* this.#wait(8);
    this.#at += 8;
    return Number(this.#chunk.readBigUInt64LE(this.#at - 8));
  }

  *#blocks(): Generator<void, void, void> {
    for (;;) {
      this.#betweenBlocks = true;
      yield* this.#wait(1);
      this.#betweenBlocks = false;
      const [columns, rows] = [yield* this.#number(), yield* this.#number()];
      const seen: NativeColumn[] = [];
      for (let column = 0; column < columns; column += 1) {
        const [name, type] = [yield* this.#text(), yield* this.#text()];
        seen.push({ name, type });
        if (this.content.columns.length < seen.length) this.content.columns.push({ name, type });
        const layout = layoutOf(type);
        if (layout === undefined) throw new NoLayout(`values of type ${type} cannot be counted here`);
        if (rows === 0) continue;
        yield* this.#prefix(layout);
        yield* this.#values(layout, rows);
      }
      if (this.content.rows !== null) this.content.rows += rows;
    }
  }

  /** Version numbers of dictionaries come before all values of a column. */
  *#prefix(layout: Layout): Generator<void, void, void> {
    if (layout.kind === "dictionary") yield* this.#skip(8);
    if (layout.kind === "nullable" || layout.kind === "array") yield* this.#prefix(layout.of);
    if (layout.kind === "tuple") for (const one of layout.of) yield* this.#prefix(one);
  }

  *#values(layout: Layout, rows: number): Generator<void, void, void> {
    if (rows === 0) return;
    switch (layout.kind) {
      case "fixed":
        yield* this.#skip(layout.bytes * rows);
        return;
      case "string":
        yield* this.#strings(rows);
        return;
      case "nullable":
        yield* this.#skip(rows);
        yield* this.#values(layout.of, rows);
        return;
      case "array":
        yield* this.#skip(8 * (rows - 1));
        yield* this.#values(layout.of, yield* this.#wide());
        return;
      case "tuple":
        for (const one of layout.of) yield* this.#values(one, rows);
        return;
      case "dictionary":
        yield* this.#dictionary(layout.of);
    }
  }

  *#strings(rows: number): Generator<void, void, void> {
    for (let left = rows; left > 0; left -= 1) {
      // Millions of short strings: their lengths are read without a generator where one byte is enough.
      const byte = this.#chunk[this.#at] ?? 255;
      const after = this.#at + 1 + byte;
      if (byte < 128 && after <= this.#chunk.length) this.#at = after;
      else yield* this.#skip(yield* this.#number());
    }
  }

  /** Keys once, then for each row a number of 1, 2, 4 or 8 bytes. */
  *#dictionary(keys: Layout): Generator<void, void, void> {
    const width = 2 ** ((yield* this.#wide()) & 3);
    yield* this.#values(keys, yield* this.#wide());
    yield* this.#skip(width * (yield* this.#wide()));
  }
}

/** Whether these first bytes can be the beginning of a Native block: numbers of columns and rows, a name and a type. */
export function looksNative(head: Buffer): boolean {
  const [columns = 0] = head;
  if (columns === 0 || head.length < 8) return false;
  const reader = new NativeReader();
  reader.push(head);
  const [first] = reader.content.columns;
  return first !== undefined && TYPE.test(first.type) && first.name !== "";
}

const TYPE =
  /^(U?Int\d+|Float\d+|Date|DateTime|Time|Enum|String|FixedString|UUID|IPv|Decimal|Nullable|Array|Tuple|Map|LowCardinality|AggregateFunction|SimpleAggregateFunction|Bool|JSON|Variant|Dynamic|Object|Interval|Nothing|BFloat16|Point|Ring|Polygon|MultiPolygon|LineString)/;
