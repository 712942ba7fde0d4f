import { describe, expect, test } from "vitest";
import { PREAMBLE, scan } from "./scan.ts";

describe("psql commands are found wherever psql would obey them", () => {
  test.each([
    "\\! rm -rf /",
    "\\connect other",
    "\\copy t from program 'x'",
    "\\i /etc/passwd",
    "SELECT 1 \\g | sh\n;",
    "/* a /* nested */ comment */ \\! x",
    "SELECT 'it''s'; \\! x",
    "SELECT E'\\'' ; \\! x",
    "SELECT '\\'; \\! x",
    "SELECT $$ $a$ $$; \\! x",
    "SELECT a$b$c; \\! x\nSELECT $b$;",
    "SELECT $1; \\! x",
    'SELECT "a\\"; \\! x',
    "-- a comment\n\\! x",
    "COPY t FROM stdin;\n1\n\\.\n\\! x",
  ])("%j", (text) => {
    expect(scan(`${PREAMBLE}${text}\n`).commands).toMatchObject([{ text: expect.stringMatching(/^\\/) }]);
  });

  test("with their line", () => {
    const text = `SELECT '\n\n';\nCOPY t FROM stdin;\n1\n2\n\\.\n\n\\! x\n`;
    expect(scan(text).commands).toEqual([{ line: 9, text: "\\! x" }]);
  });
});

describe("a backslash that psql does not obey is left alone", () => {
  test.each([
    "SELECT '\n\\! x';",
    "SELECT E'a\\'\n\\! x';",
    "SELECT E'\\\\\\'\n\\! x';",
    "SELECT $$\n\\! x\n$$;",
    "SELECT $body$ $$ ' \n\\! x $bod$ \n$body$;",
    'CREATE TABLE "a\n\\! x" ();',
    "-- \\! x",
    "/* \n\\! x /* */ \n\\! */",
    "SET standard_conforming_strings = off;\nSELECT 'a\\'\n\\! x';",
    "COPY t FROM stdin;\n\\! x\n\\.x\n\\\\.\n\\.\n",
    "COPY t FROM stdin;\n\\! x\r\n\\.\r\n",
  ])("%j", (text) => {
    expect(scan(`${PREAMBLE}${text}\n`)).toMatchObject({ commands: [], unfinished: undefined });
  });
});

test("semicolons in bodies, rules and strings do not end a statement", () => {
  const dump = scan(`
    CREATE FUNCTION g(a int) RETURNS int BEGIN ATOMIC SELECT a; SELECT CASE WHEN a > 1 THEN 'end' END; END;
    CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2);
    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ BEGIN; COMMIT; $$;
    SELECT ';', ";";`);
  expect(dump).toMatchObject({ statements: 4, unframeable: [], unfinished: undefined });
});
