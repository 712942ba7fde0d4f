/** Believable data of Grill Stats: who grills where with which probes, what they measured, who is logged in. */

export const TABLES = ["users", "grills", "probes", "sessions", "alerts"] as const;

/** 150 users, 90 grills with 3 probes each, 1,200 sessions, 6,000 alerts. */
export const DATABASE = `
CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE NOT NULL, password_hash text NOT NULL);
CREATE TABLE grills (id serial PRIMARY KEY, owner int NOT NULL REFERENCES users, name text NOT NULL, kind text NOT NULL CHECK (kind IN ('gas', 'coal', 'pellet')));
CREATE TABLE probes (id serial PRIMARY KEY, grill int NOT NULL REFERENCES grills, place text NOT NULL, UNIQUE (grill, place));
CREATE TABLE sessions (id bigserial PRIMARY KEY, grill int NOT NULL REFERENCES grills, began timestamptz NOT NULL, ended timestamptz CHECK (ended > began), meat text);
CREATE TABLE alerts (id bigserial PRIMARY KEY, probe int NOT NULL REFERENCES probes, at timestamptz NOT NULL, celsius numeric(5, 1) NOT NULL);
INSERT INTO users (email, password_hash) SELECT 'user' || i || '@grill.example', md5('pw' || i) FROM generate_series(1, 150) i;
INSERT INTO grills (owner, name, kind) SELECT 1 + i % 150, 'Grill "' || i || '"', (ARRAY['gas', 'coal', 'pellet'])[1 + i % 3] FROM generate_series(1, 90) i;
INSERT INTO probes (grill, place) SELECT g, place FROM generate_series(1, 90) g, unnest(ARRAY['lid', 'grate', 'meat']) place;
INSERT INTO sessions (grill, began, ended, meat) SELECT 1 + i % 90, '2026-05-01'::timestamptz + i * interval '3 h',
  '2026-05-01'::timestamptz + i * interval '3 h' + interval '2 h', (ARRAY['brisket', 'Würste', NULL])[1 + i % 3] FROM generate_series(1, 1200) i;
INSERT INTO alerts (probe, at, celsius) SELECT 1 + i % 270, '2026-05-01'::timestamptz + i * interval '7 min', 40 + i % 260 FROM generate_series(1, 6000) i;
CREATE INDEX alerts_at ON alerts (at);
`;

export const MEASUREMENT = "temperature";
const MAY = Date.UTC(2026, 4, 1) / 1000;

/** 18,000 readings of 30 probes over three weeks: several shards, and tags that have to be escaped. */
export const TEMPERATURES = Array.from({ length: 18_000 }, (_none, at) => {
  const probe = at % 30;
  const when = MAY + Math.floor(at / 30) * 3000;
  return `${MEASUREMENT},grill=g${probe % 10},place=${["lid", "grate", "the\\ meat"][probe % 3]},probe=p${probe} celsius=${20 + ((at * 37) % 2600) / 10},battery=${100 - (at % 90)}i ${when}000000000`;
});

/** Who is logged in, the last readings of each probe, and one list of what is hot. */
export const CACHE = `
for i = 1, 400 do
  redis.call('SET', 'session:' .. i, '{"user":' .. i .. '}', 'EX', 864000)
  redis.call('HSET', 'latest:p' .. i, 'celsius', i % 260, 'at', 1767225600 + i)
end
for i = 1, 50 do redis.call('ZADD', 'hot', i * 5, 'p' .. i) end
return redis.call('RPUSH', 'alerts:unsent', 'p1', 'p2', 'p3')`;
