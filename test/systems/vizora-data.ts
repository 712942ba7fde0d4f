import { createHash } from "node:crypto";
import { driverFor } from "../helpers/mongodb-driver.ts";

/** What the stores of Vizora hold, and eyes of the tests' own on two of them. */

const day = (table: string): string => `"createdAt" timestamptz NOT NULL DEFAULT '2026-01-01'${table}`;

/** By dbmate, as prisma names its own. What the last release has added comes later: RELEASE. */
export const MIGRATIONS = {
  "20260101000000_init.sql": `-- migrate:up
CREATE TABLE "Organization" (id serial PRIMARY KEY, name text UNIQUE NOT NULL, ${day("")});
CREATE TABLE "User" (id serial PRIMARY KEY, email text UNIQUE NOT NULL, "passwordHash" text NOT NULL,
  "organizationId" int NOT NULL REFERENCES "Organization");
CREATE TABLE "Display" (id serial PRIMARY KEY, name text NOT NULL, "organizationId" int NOT NULL REFERENCES "Organization");
CREATE TABLE "Content" (id serial PRIMARY KEY, title text NOT NULL, "fileKey" text, "ownerId" int NOT NULL REFERENCES "User");
CREATE TABLE "Playlist" (id serial PRIMARY KEY, name text NOT NULL, items jsonb NOT NULL);
CREATE TABLE "Schedule" (id bigserial PRIMARY KEY, "displayId" int NOT NULL REFERENCES "Display",
  "playlistId" int NOT NULL REFERENCES "Playlist", starts timestamptz NOT NULL);
CREATE INDEX "Schedule_starts_idx" ON "Schedule" (starts);
-- migrate:down
`,
};

export const RELEASE = {
  name: "20261119000000_display_group.sql",
  text: `-- migrate:up
CREATE TABLE "DisplayGroup" (id serial PRIMARY KEY, name text NOT NULL);
INSERT INTO "DisplayGroup" (name) VALUES ('all');
-- migrate:down
`,
};

export const FILL = `
INSERT INTO "Organization" (name) SELECT 'Organization ' || i FROM generate_series(1, 12) i;
INSERT INTO "User" (email, "passwordHash", "organizationId")
  SELECT 'user' || i || '@vizora.example', md5('pw' || i), 1 + i % 12 FROM generate_series(1, 90) i;
INSERT INTO "Display" (name, "organizationId") SELECT 'Display ' || i, 1 + i % 12 FROM generate_series(1, 150) i;
INSERT INTO "Content" (title, "fileKey", "ownerId")
  SELECT 'Content ' || i, CASE WHEN i % 20 > 0 THEN 'org-' || i % 12 || '/clip ' || i || '.mp4' END, 1 + i % 90 FROM generate_series(1, 80) i;
INSERT INTO "Playlist" (name, items) SELECT 'Playlist ' || i, jsonb_build_array(i, i + 1) FROM generate_series(1, 40) i;
INSERT INTO "Schedule" ("displayId", "playlistId", starts)
  SELECT 1 + i % 150, 1 + i % 40, '2026-01-01'::timestamptz + i * interval '1 min' FROM generate_series(1, 30000) i;
`;

/** An object for each row of "Content" that names one, and one that no row names. */
export const CONTENT: Record<string, string> = {
  "org-0/unused.mp4": "nobody shows it",
  ...Object.fromEntries(
    Array.from({ length: 80 }, (_none, index) => index + 1)
      .filter((id) => id % 20 > 0)
      .map((id) => [`org-${id % 12}/clip ${id}.mp4`, `MPEG of clip ${id}`]),
  ),
};

export const METRICS: readonly string[] = [
  "CREATE DATABASE vizora",
  "CREATE TABLE vizora.device_heartbeats (day Date, at DateTime, device UInt32, status String, note Nullable(String)) ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY (device, at)",
  "CREATE TABLE vizora.content_impressions (day Date, at DateTime, content UInt32, device UInt32, seconds UInt16) ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY (content, at)",
  "INSERT INTO vizora.device_heartbeats SELECT toDate('2026-01-01') + intDiv(number, 400), toDateTime('2026-01-01 00:00:00') + number, 1 + number % 150, if(number % 9 = 0, 'offline', 'online'), if(number % 3 = 0, NULL, concat('note ', toString(number))) FROM numbers(12000)",
  "INSERT INTO vizora.content_impressions SELECT toDate('2026-01-01') + intDiv(number, 300), toDateTime('2026-01-01 00:00:00') + number, 1 + number % 80, 1 + number % 150, number % 60 FROM numbers(8000)",
];

/** Who is logged in. */
export const SESSIONS = `for i = 1, 200 do redis.call('SET', 'session:' .. i, 'user' .. i) end
return redis.call('SADD', 'online', '1', '2')`;

export interface Analytics {
  fill(): Promise<void>;
  collection(
    name: string,
  ): ReturnType<ReturnType<typeof driverFor>["db"]> extends { collection(name: string): infer C } ? C : never;
  /** Collections with their documents, without what Lifeboat keeps aside. */
  contents(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export function analyticsAt(port: number, user: string, password: string): Analytics {
  const url = `mongodb://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/?authSource=admin`;
  const driver = driverFor(url, { serverSelectionTimeoutMS: 5000 });
  const database = driver.db("vizora");
  return {
    collection: (name) => database.collection(name),
    close: () => driver.close(),
    fill: async () => {
      const rows = Array.from({ length: 900 }, (_none, id) => ({
        _id: id,
        display: 1 + (id % 150),
        at: new Date(1_767_225_600_000 + id * 60_000),
        shown: [{ content: 1 + (id % 80), seconds: id / 7 }],
      }));
      await database.collection("analytics").insertMany(rows);
      await database.collection("analytics").createIndex({ display: 1, at: -1 });
      await database.collection("reports").insertMany([{ _id: "2025-12", shown: 120_000, by: null }]);
    },
    contents: async () => {
      const found: Record<string, string> = {};
      for (const { name } of await database.listCollections().toArray()) {
        if (/__before_|^lifeboat__/.test(name)) continue;
        const [hash, collection] = [createHash("sha256"), database.collection(name)];
        for await (const document of collection.find({}, { raw: true, sort: { _id: 1 } }))
          hash.update(document);
        found[name] =
          `${await collection.countDocuments()} ${hash.digest("hex")} ${JSON.stringify(await collection.indexes())}`;
      }
      return found;
    },
  };
}

export interface Metrics {
  /** Over HTTP, where Lifeboat uses the native protocol. */
  ask(sql: string): Promise<string>;
  sums(): Promise<Record<string, string>>;
}

export function metricsAt(port: number, password: string): Metrics {
  const ask: Metrics["ask"] = async (sql) => {
    const headers = { "X-ClickHouse-User": "default", "X-ClickHouse-Key": password };
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: sql, headers });
    const text = await answer.text();
    if (!answer.ok || text.includes("DB::Exception")) throw new Error(`${sql}: ${text}`);
    return text.trim();
  };
  const sumOf = (table: string, columns: string): Promise<string> =>
    ask(`SELECT count(), sum(sipHash64(${columns})) FROM vizora.${table}`);
  return {
    ask,
    sums: async () => ({
      heartbeats: await sumOf("device_heartbeats", "day, at, device, status, ifNull(note, '-')"),
      impressions: await sumOf("content_impressions", "day, at, content, device, seconds"),
    }),
  };
}
