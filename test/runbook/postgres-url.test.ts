import { expect, test } from "vitest";
import { addressOf } from "../../src/runbook/store-kinds/connection.ts";
import { postgres, type PostgresStore } from "../../src/runbook/store-kinds/postgres.ts";
import { connectPostgres as connect } from "../../src/runbook/store-kinds/postgres-connection.ts";
import { parsePostgresUrl, type PostgresUrl } from "../../src/runbook/store-kinds/postgres-url.ts";

const none: PostgresUrl = { params: {}, remarks: [] };

test.each([
  ["postgres://u:p@h:5433/d", { user: "u", password: "p", server: "h", port: "5433", database: "d" }],
  ["postgresql:///d", { database: "d" }],
  ["postgresql://h", { server: "h" }],
  [
    "postgresql://u%40x:p%3A%2F%3F%23%25@h/my%20db",
    { user: "u@x", password: "p:/?#%", server: "h", database: "my db" },
  ],
  ["postgresql://u:p@ss@h/d", { user: "u", password: "p@ss", server: "h", database: "d" }],
  ["postgresql://[2001:db8::1]:5433/d", { server: "2001:db8::1", port: "5433", database: "d" }],
  ["postgresql://%2Fvar%2Frun%2Fpg/d", { server: "/var/run/pg", database: "d" }],
  [
    "postgresql://u@localhost/d?host=/run/pg&port=6000",
    { user: "u", server: "/run/pg", port: "6000", database: "d" },
  ],
  ["postgresql:///d?user=u&password=p&dbname=e", { user: "u", password: "p", database: "e" }],
])("%s is read as libpq reads it", (text, expected) => {
  const { passwordAt, ...url } = parsePostgresUrl(text).url ?? none;
  expect(url).toEqual({ ...none, ...expected });
  const password = passwordAt && decodeURIComponent(text.slice(passwordAt.start, passwordAt.end));
  expect(password).toBe("password" in expected ? expected.password : undefined);
});

test("libpq's parameters become its variables; Prisma's are ignored without a word", () => {
  const query =
    "sslmode=verify-full&sslrootcert=%2Fca.pem&connect_timeout=5&schema=public&connection_limit=3&pgbouncer=true";
  expect(parsePostgresUrl(`postgres://h/d?${query}`).url).toMatchObject({
    params: { PGSSLMODE: "verify-full", PGSSLROOTCERT: "/ca.pem", PGCONNECT_TIMEOUT: "5" },
    remarks: [],
  });
});

test("a mistyped sslmode is refused, since ignoring it means less security", () => {
  expect(parsePostgresUrl("postgres://h/d?sslmod=require").fault).toBe(
    'unknown parameter in the URL, did you mean "sslmode"?',
  );
  expect(parsePostgresUrl("postgres://h/d?sslmode=requir").fault).toMatch(
    /^unknown sslmode; expected one of/,
  );
});

test.each([
  ["mysql://u:hunter2@h/d", /postgresql:\/\/user:password@host:port\/database is expected/],
  ["postgres://u:hunter2@h:54x/d", /the port is not a number from 1 to 65535/],
  ["postgres://u:hunter2@h:0/d", /the port is not a number/],
  ["postgres://u:hunter2@a:1,b:2/d", /names several hosts/],
  ["postgres://u:hun/ter2@h/d", /cannot be taken apart/],
  ["postgres://u:hun#ter2@h/d", /holds a "#"/],
  ["postgres://u:hun%ter2@h/d", /"%" in the URL/],
  ["postgres://u:hun?ter2@h/d", /is not name=value|port is not a number/],
  ["postgres://u:hunter2@[::1/d", /host cannot be read/],
  ["postgres://u:hun ter2@h/d", /holds a space/],
])("%s is refused without repeating its password", (text, fault) => {
  const result = parsePostgresUrl(text);
  expect(result.fault).toMatch(fault);
  expect(result.fault).not.toMatch(/hun|ter2/);
});

const store = (parts: Record<string, unknown>): PostgresStore =>
  postgres.schema.parse({ kind: "postgres", ...parts });

test("what is left out is localhost, 5432 and the account's name; the database has no default", () => {
  expect(connect("db", store({ database: "app" }), "ann")).toEqual({
    connection: {
      kind: "postgres",
      address: "localhost:5432",
      subject: "app",
      isLocal: true,
      reserved: ["postgres", "template0", "template1"],
      server: "localhost",
      port: "5432",
      user: "ann",
      database: "app",
      maintenanceDatabase: "postgres",
      params: {},
      secretKey: undefined,
    },
    secrets: {},
    remarks: [],
  });
  expect(connect("db", store({ url: "postgres://u@h" }))).toMatchObject({ at: "url" });
});

test("a password beside a url without one is taken", () => {
  const made = connect("db", store({ url: "postgres://u@h/d", password: "p", port: 1 }), "ann");
  expect(made).toMatchObject({
    secrets: { password: "p" },
    connection: { secretKey: "db.password", port: "1" },
  });
});

test("addresses of IPv6 servers and sockets can be told from their port", () => {
  expect(addressOf({ server: "::1", port: "5432" })).toBe("[::1]:5432");
  expect(addressOf({ server: "/run/pg", port: "5432" })).toBe("/run/pg:5432");
});
