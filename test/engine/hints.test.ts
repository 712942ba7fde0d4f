import { expect, test } from "vitest";
import { lastWords } from "../../src/engine/failure.ts";
import { hintFor } from "../../src/engine/hints.ts";

test.each([
  [
    'pg_restore: error: could not execute query: ERROR:  role "app" does not exist',
    /belong to the role "app"/,
  ],
  ['psql: error: connection to server failed: FATAL:  role "app" does not exist', /connects as/],
  ['FATAL:  password authentication failed for user "app"', /password is wrong/],
  ["fe_sendauth: no password supplied", /none is configured/],
  ['connection to server at "db1", port 5432 failed: Connection refused', /no server listens/],
  [
    'connection to server on socket "/tmp/.s.PGSQL.5432" failed: No such file or directory\n\tIs the server running locally',
    /no server listens/,
  ],
  ['connection to server at "10.0.0.1", port 5432 failed: timeout expired', /does not answer/],
  ['could not extend file "base/1/2": No space left on device', /disk is full/],
  ['ERROR:  extension "postgis" is not available', /lacks the extension "postgis"/],
  ["FATAL:  sorry, too many connections", /connection limit/],
  ["ERROR:  cannot execute CREATE TABLE in a read-only transaction", /does not take writes/],
  ["pg_restore: error: unsupported version (1.15) in file header", /newer pg_dump/],
  ["pg_restore: error: could not read from input file: end of file", /cut off/],
  ["tar: Unexpected EOF in archive", /cut off/],
  ["pg_restore: error: could not uncompress data: incorrect data check", /is damaged/],
  ['database "shop" is being used by prepared transactions', /prepared transaction/],
  ["server closed the connection unexpectedly", /stopped or crashed/],
  ['unrecognized configuration parameter "transaction_timeout"', /sets transaction_timeout/],
  ["ERROR:  permission denied for table orders", /may not do this/],
  [
    'pg_restore: error: could not open input file "/var/tmp/lifeboat-20261120T190034-shop-lost-cinl/restore/backup/x": No such file or directory',
    /put there is gone/,
  ],
  ["no such service: cach", /no service cach/],
  ["sh: 1: cannot create /backup/x: Permission denied", /may not do this/],
])("%s", (message, likely) => {
  const hint = hintFor(message, ["postgres"]);
  expect(hint?.likely).toMatch(likely);
  expect(hint?.next).toMatch(/\w{4}/);
});

test("a name is put in as it is, whatever it is made of", () => {
  expect(hintFor('ERROR:  role "$& $1" does not exist', ["postgres"])?.next).toContain(
    'CREATE ROLE "$& $1";',
  );
});

test.each(["", "relation exists", "pg_restore: processing data"])("says nothing about %j", (message) => {
  expect(hintFor(message, ["postgres"])).toBeUndefined();
});

test("a stack that a program prints behind its reason does not push the reason away", () => {
  const reason =
    "Code: 32. DB::Exception: Attempt to read after eof: while receiving packet from 127.0.0.1:9000";
  const frames = Array.from(
    { length: 15 },
    (_, n) => `${n}. clickhouse-client(+0x1dc4${n}) [0x562eacebfc41]`,
  );
  const newer = "3. main @ 0x000000000c61ff37 in /usr/bin/clickhouse";
  expect(lastWords(`${reason}\n\nStack trace:\n\n${[...frames, newer].join("\n")}\n`)).toBe(reason);
  expect(hintFor(reason, ["clickhouse"])?.likely).toMatch(/connection was lost/);
});

test("what a program of another kind of store would mean by it is not said", () => {
  const said = "could not extend file: No space left on device";
  expect(hintFor(said, ["mongodb"])?.likely).toBe("the server's disk is full");
  expect(hintFor(said, ["postgres"])?.likely).toBe("a disk is full");
  expect(hintFor('role "app" does not exist', ["redis"])).toBeUndefined();
});
