import { constants, crc32, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { unpack, type Packing } from "../../src/catalog/unpack.ts";

const content = Buffer.from(Array.from({ length: 3000 }, (_, at) => `row ${(at * 7919) % 1000}\n`).join(""));
const pack = {
  gzip: (bytes: Buffer) => gzipSync(bytes),
  zstd: (bytes: Buffer) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
};

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpacked(
  wrapper: "gzip" | "zstd",
  bytes: Buffer,
  size: number,
): Promise<Packing & { got: Buffer }> {
  const packing: Packing = { members: 0, junkBytes: 0 };
  const parts: Buffer[] = [];
  for await (const part of unpack(pieces(bytes, size), wrapper, packing)) parts.push(part);
  return { ...packing, got: Buffer.concat(parts) };
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bytes.length >> 1) ^ 0x40, bytes.length >> 1);
  return copy;
}

describe.each(["gzip", "zstd"] as const)("%s, wherever chunks end", (wrapper) => {
  const good = pack[wrapper](content);
  const nothing = pack[wrapper](Buffer.alloc(0));
  describe.each([1, 7, good.length, 1 << 20])("in pieces of %i bytes", (size) => {
    test("gives the content", async () => {
      const found = await unpacked(wrapper, good, size);
      expect(found).toEqual({ members: 1, junkBytes: 0, got: content });
    });

    test("nothing packed is nothing and no problem", async () => {
      expect(await unpacked(wrapper, nothing, size)).toMatchObject({ members: 1, got: Buffer.alloc(0) });
    });

    test("members one after the other are all read", async () => {
      const found = await unpacked(wrapper, Buffer.concat([good, nothing, good]), size);
      expect(found.got.equals(Buffer.concat([content, content]))).toBe(true);
      expect(found.problem).toBeUndefined();
      expect(found.junkBytes).toBe(0);
    });

    test("junk behind the end is counted and not taken for damage", async () => {
      const found = await unpacked(wrapper, Buffer.concat([good, Buffer.from("junk junk ju")]), size);
      expect(found).toEqual({ members: 1, junkBytes: 12, got: content });
    });

    test.each([1, 5, good.length >> 1, good.length - 3])(
      "a file shorter by %i bytes is cut",
      async (less) => {
        const found = await unpacked(wrapper, good.subarray(0, -less), size);
        expect(found.problem?.kind).toBe("cut");
        expect(content.subarray(0, found.got.length).equals(found.got), "what is given is good").toBe(true);
      },
    );

    test("a changed byte is damage", async () => {
      expect((await unpacked(wrapper, flipped(good), size)).problem?.kind).toBe("damaged");
    });
  });
});

test("zeros behind gzip are padding, as on a tape", async () => {
  const padded = Buffer.concat([pack.gzip(content), Buffer.alloc(700)]);
  expect(await unpacked("gzip", padded, 512)).toEqual({ members: 1, junkBytes: 0, got: content });
});

test("a gzip header with name, comment, extra field and sum is passed over", async () => {
  const plain = pack.gzip(content);
  const fixed = Buffer.from(plain.subarray(0, 10));
  fixed[3] = 2 | 4 | 8 | 16;
  const header = Buffer.concat([fixed, Buffer.from("\u0003\u0000abcname\u0000comment\u0000")]);
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(crc32(header) & 0xffff);
  const bytes = Buffer.concat([header, sum, plain.subarray(10)]);
  expect(await unpacked("gzip", bytes, 3)).toEqual({ members: 1, junkBytes: 0, got: content });
});

async function* failing(): AsyncGenerator<Buffer> {
  yield pack.gzip(content).subarray(0, 50);
  throw new Error("EIO");
}

async function readFailing(): Promise<void> {
  for await (const part of unpack(failing(), "gzip", { members: 0, junkBytes: 0 }))
    expect(part.length).toBeGreaterThan(0);
}

test("a file that cannot be read on is an error, not damage", async () => {
  await expect(readFailing()).rejects.toThrow("EIO");
});

test("stopping early lets go of the file", async () => {
  let closed = false;
  async function* endless(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield pack.gzip(content);
    } finally {
      closed = true;
    }
  }
  for await (const part of unpack(endless(), "gzip", { members: 0, junkBytes: 0 })) {
    expect(part.length).toBeGreaterThan(0);
    break;
  }
  expect(closed).toBe(true);
});
