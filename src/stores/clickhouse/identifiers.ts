/** A name in backticks. */
export function ident(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

/** `database`.`table`; backticks only where a name needs them, for people. */
export function tableName(database: string, table: string): string {
  return `${plainIdent(database)}.${plainIdent(table)}`;
}

/** A name that is a word needs no backticks. Keywords cannot be mistaken where a table's name is expected. */
export function plainIdent(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : ident(name);
}

export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** ['a', 'b'] */
export function arrayOf(texts: readonly string[]): string {
  return `[${texts.map(literal).join(", ")}]`;
}
