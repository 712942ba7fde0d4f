/** The bytes that change how SQL text is read; everything else may be passed over quickly. */
export const BYTE = {
  lf: 10,
  space: 32,
  double: 34,
  dollar: 36,
  quote: 39,
  open: 40,
  close: 41,
  star: 42,
  dash: 45,
  slash: 47,
  semicolon: 59,
  backslash: 92,
} as const;

/** 1 for the bytes above that matter outside of strings. */
export const SPECIAL = new Uint8Array(256);
for (const byte of [34, 36, 39, 40, 41, 45, 47, 59, 92]) SPECIAL[byte] = 1;

/** 1 for letters, digits, _, $ and everything beyond ASCII: what may stand in a name. */
export const WORD = new Uint8Array(256).map((_, byte) =>
  byte >= 128 || /[\w$]/.test(String.fromCharCode(byte)) ? 1 : 0,
);
