/** Every point of a database by retention policy and measurement, as text; nothing here uses Lifeboat's own questions. */
export type InfluxSnapshot = Record<string, string[]>;

export interface InfluxClient {
  /** The rows of each series of each statement's answer. Throws with the server's words. */
  query(statements: string): Promise<Record<string, unknown>[]>;
  write(database: string, lines: readonly string[], policy?: string): Promise<void>;
  databases(): Promise<string[]>;
  /** undefined when there is no such database. */
  snapshot(database: string): Promise<InfluxSnapshot | undefined>;
}

interface Answer {
  results: { error?: string; series?: { name?: string; columns: string[]; values?: unknown[][] }[] }[];
  error?: string;
}

type Ask = (statements: string) => Promise<Answer["results"]>;

/** Speaks to a server over HTTP, with a password as the user `boss`. */
export function influxClient(base: string, password?: string): InfluxClient {
  const auth: Record<string, string> =
    password === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`boss:${password}`).toString("base64")}` };
  const ask: Ask = async (statements) => {
    const body = new URLSearchParams({ q: statements, epoch: "ns" });
    const response = await fetch(`${base}/query`, { method: "POST", body, headers: auth });
    const answer = (await response.json()) as Answer;
    const error = answer.error ?? answer.results.find((one) => one.error !== undefined)?.error;
    if (error !== undefined) throw new Error(`${statements}: ${error}`);
    return answer.results;
  };
  const query: InfluxClient["query"] = async (statements) =>
    (await ask(statements)).flatMap(({ series = [] }) =>
      series.flatMap(({ name, columns, values = [] }) =>
        values.map((row) => ({ measurement: name, ...asObject(columns, row) })),
      ),
    );
  const databases = async (): Promise<string[]> =>
    (await query("SHOW DATABASES")).map((row) => String(row["name"])).toSorted();
  return {
    query,
    databases,
    write: async (database, lines, policy) => {
      const rp = policy === undefined ? "" : `&rp=${encodeURIComponent(policy)}`;
      const url = `${base}/write?db=${encodeURIComponent(database)}${rp}`;
      const response = await fetch(url, { method: "POST", body: lines.join("\n"), headers: auth });
      if (response.status !== 204) throw new Error(`write: ${await response.text()}`);
    },
    snapshot: async (database) => {
      if (!(await databases()).includes(database)) return undefined;
      const name = `"${database.replaceAll('"', '\\"')}"`;
      const policies = await query(`SHOW RETENTION POLICIES ON ${name}`);
      return pointsOf(
        ask,
        name,
        policies.map((policy) => String(policy["name"])),
      );
    },
  };
}

async function pointsOf(ask: Ask, database: string, policies: readonly string[]): Promise<InfluxSnapshot> {
  const found: InfluxSnapshot = {};
  for (const policy of policies)
    for (const { series = [] } of await ask(`SELECT * FROM ${database}."${policy}"./.*/`))
      for (const { name, columns, values = [] } of series)
        found[`${policy}.${name}`] = values.map((row) => JSON.stringify(asObject(columns, row))).toSorted();
  return found;
}

const asObject = (columns: readonly string[], row: readonly unknown[]): Record<string, unknown> =>
  Object.fromEntries(columns.map((column, at) => [column, row[at]]));
