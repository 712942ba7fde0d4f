export type Field = string | boolean | number | bigint;

/**
 * The fields of a flat document, as mongodump writes them in front of and between the documents of an archive: texts,
 * booleans and whole numbers. Undefined for anything else. (https://bsonspec.org/spec.html)
 */
export function flatFields(document: Buffer): Map<string, Field> | undefined {
  const fields = new Map<string, Field>();
  let at = 4;
  try {
    while (document.readUInt8(at) !== 0) {
      const type = document.readUInt8(at);
      const end = document.indexOf(0, at + 1);
      const name = document.toString("utf8", at + 1, end);
      const read = valueAt(document, type, end + 1);
      if (end < 0 || read === undefined) return undefined;
      fields.set(name, read.value);
      at = read.next;
    }
    return at === document.length - 1 ? fields : undefined;
  } catch (error) {
    // Damaged: a length that leads outside.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function valueAt(bytes: Buffer, type: number, at: number): { value: Field; next: number } | undefined {
  switch (type) {
    case 0x02: {
      const length = bytes.readInt32LE(at);
      const next = at + 4 + length;
      return length < 1 || next > bytes.length
        ? undefined
        : { value: bytes.toString("utf8", at + 4, next - 1), next };
    }
    case 0x08:
      return { value: bytes.readUInt8(at) === 1, next: at + 1 };
    case 0x10:
      return { value: bytes.readInt32LE(at), next: at + 4 };
    case 0x12:
      return { value: bytes.readBigInt64LE(at), next: at + 8 };
    default:
      return undefined;
  }
}
