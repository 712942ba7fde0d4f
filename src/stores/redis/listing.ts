/** One key as a listing has it. */
export interface ListedKey {
  type: string;
  /** Milliseconds of the epoch; -1 without TTL. */
  expiresAt: number;
  /** "-" when the value was not read. */
  sum: string;
}

interface TypeSum {
  keys: number;
  /** Without TTL. */
  lasting: number;
  /** Of those without TTL, modulo 2^52; undefined when not all values were read. */
  sum: bigint | undefined;
}

export interface ListedDatabase {
  keys: number;
  lasting: number;
  /** Empty when only names were listed. */
  types: Map<string, TypeSum>;
  listed: Map<string, ListedKey>;
}

export interface Listing {
  databases: Map<number, ListedDatabase>;
  /** When it was read, milliseconds of the epoch by the server's clock. */
  now: number;
}

const MODULUS = 1n << 52n;

/** What `list` of listing-script.ts printed. Throws when its end is missing. */
export function parseListing(stdout: string): Listing {
  const databases = new Map<number, ListedDatabase>();
  let now: number | undefined;
  const of = (db: string): ListedDatabase => {
    const known = databases.get(Number(db));
    if (known) return known;
    const made: ListedDatabase = { keys: 0, lasting: 0, types: new Map(), listed: new Map() };
    databases.set(Number(db), made);
    return made;
  };
  for (const line of stdout.split("\n")) {
    const [db = "", what, ...words] = line.split("\t");
    if (db === "now") now = Number(what) * 1000;
    else if (what === "k") addKey(of(db), words);
    else if (what === "t") addType(of(db), words);
    else if (what === "=") Object.assign(of(db), sizeIn(words));
  }
  if (now === undefined) throw new Error("the list of keys was cut off");
  return { databases, now };
}

function sizeIn([keys, expiring]: readonly string[]): Pick<ListedDatabase, "keys" | "lasting"> {
  return { keys: Number(keys), lasting: Number(keys) - Number(expiring) };
}

function addKey(
  { listed }: ListedDatabase,
  [type = "", at = "", sum = "", name = ""]: readonly string[],
): void {
  listed.set(name, { type, expiresAt: Number(at), sum });
}

/** One line a page. */
function addType({ types }: ListedDatabase, [type = "", keys, lasting, sum = "0"]: readonly string[]): void {
  const before = types.get(type) ?? { keys: 0, lasting: 0, sum: 0n };
  types.set(type, {
    keys: before.keys + Number(keys),
    lasting: before.lasting + Number(lasting),
    sum: sum === "-" || before.sum === undefined ? undefined : (before.sum + BigInt(sum)) % MODULUS,
  });
}

/** A key's name for people: the escapes of a listing undone where they are UTF-8 that can be printed. */
export function keyInWords(name: string): string {
  const bytes = Buffer.from(
    name.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
  const text = bytes.toString("utf8");
  return /[\p{Cc}\uFFFD]/u.test(text) ? name : text;
}
