const PLAIN = /^[\w@%+=:,./-]+$/;

/** One word quoted for a POSIX shell. */
export function shellWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** An argv as the line a person could type. */
export function shellLine(argv: readonly string[]): string {
  return argv.map(shellWord).join(" ");
}
