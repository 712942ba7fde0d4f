import { expect, test } from "vitest";
import { lintedSystem, SYSTEM } from "./files.ts";

const backups = (text: string): string => `${SYSTEM}    backups:\n${text}`;
const URL = "url: postgresql://app@localhost/app";

test.each([
  [
    "a mistyped kind",
    SYSTEM.replace("kind: postgres", "kind: postgress"),
    ['4:11: unknown store kind "postgress", did you mean "postgres"?'],
  ],
  [
    "a kind nobody knows",
    SYSTEM.replace("kind: postgres", "kind: mysql"),
    [
      '4:11: unknown store kind "mysql"; expected one of postgres, mongodb, s3, clickhouse, influxdb, redis, volume',
    ],
  ],
  [
    "no kind",
    SYSTEM.replace("    kind: postgres\n", ""),
    ['3:3: missing "kind": postgres or mongodb or s3 or clickhouse or influxdb or redis or volume'],
  ],
  [
    "an unknown host kind",
    `${SYSTEM}hosts:\n  web: { kind: shh }\n`,
    ['7:16: unknown host kind "shh", did you mean "ssh"?'],
  ],
  ["an unknown host", `${SYSTEM}    host: locl\n`, ['6:11: unknown host "locl", did you mean "local"?']],
  [
    "mistyped keys at every depth",
    `${SYSTEM}    crticial: true\nobjectivs: {}\n`,
    [
      '6:5: unknown key "crticial", did you mean "critical"?',
      '7:1: unknown key "objectivs", did you mean "objectives"?',
    ],
  ],
  [
    "everything missing",
    "environment: test\n",
    [
      '1:1: missing "title": what the system is, for people',
      '1:1: missing "stores": what holds data: a name for each and its settings',
    ],
  ],
  ["no stores", "title: a\nstores: {}\n", ["2:1: a system needs at least one store"]],
  [
    "a number for a text",
    SYSTEM.replace("App", "12"),
    ["1:8: expected text, found a number: put it in quotes"],
  ],
  ["yes for true", `${SYSTEM}    critical: yes\n`, ["6:15: expected true or false, found text: write true"]],
  [
    "a way of writing times that is none",
    `${SYSTEM}    backups:\n      - { path: "a/{timestamp}.sql", written-as: YYYY-MM-DD }\n`,
    ['7:50: "YYYY-MM-DD" is not a time such as 2025-01-15T14-30-00'],
  ],
  ["nothing for a list", `${SYSTEM}env:\n`, ["6:1: expected a list, found nothing"]],
  [
    "a duration in words",
    `${SYSTEM}objectives:\n  rto: soon\n`,
    ['7:8: "soon" is not a duration such as "30m" or "24h"'],
  ],
  [
    "a store name with a space",
    SYSTEM.replace("database:", "Data Base:"),
    [
      '3:3: "Data Base" cannot be a name: expected lower case letters, digits and dashes, starting with a letter',
    ],
  ],
  [
    "a backup path without {timestamp}",
    backups("      - path: b/app.sql\n"),
    ["7:15: the path has no {timestamp}: without it nobody can tell how old a backup is"],
  ],
  [
    "an unknown placeholder",
    backups("      - path: b/{teir}/{timestamp}\n"),
    ['7:17: unknown placeholder "{teir}", did you mean "{tier}"?'],
  ],
  [
    "{timestamp} twice",
    backups("      - path: b/{timestamp}/{timestamp}\n"),
    ["7:15: {timestamp} stands in the path twice"],
  ],
  [
    "sizes that are none",
    backups("      - path: '{timestamp}'\n        usual-size: { min: lots, max: 1MB }\n"),
    ['8:28: "lots" is not a size such as "5MB" or "1.5GB"'],
  ],
  [
    "a smallest size above the largest",
    backups("      - path: '{timestamp}'\n        usual-size: { min: 5MB, max: 1MB }\n"),
    ['8:28: "min" is more than "max"'],
  ],
  [
    "a mistyped choice",
    backups("      - path: '{timestamp}'\n        timezone: UTC\n"),
    ['8:19: unknown timezone "UTC", did you mean "utc"?'],
  ],
  [
    "url and parts",
    `${SYSTEM}    server: other\n`,
    ['6:5: "server" and "url" are both given: keep one of them'],
  ],
  [
    "neither url nor database",
    SYSTEM.replace(URL, "server: here"),
    ['3:3: no database is named: give "url" or "database"'],
  ],
  [
    "a url without a database",
    SYSTEM.replace("localhost/app", "localhost"),
    ["5:10: no database is named: end the url in /database, or give database"],
  ],
  [
    "a port that is none",
    SYSTEM.replace(URL, "database: app\n    port: 99999"),
    ["6:11: the port is not a number from 1 to 65535"],
  ],
  [
    "a password in the file",
    `${SYSTEM}    password: hunter2\n`,
    [
      "6:15: warning: a password is written in the file: put it into the environment or a dotenv file, and write ${NAME} here",
    ],
  ],
  [
    "a password in the url in the file",
    SYSTEM.replace("app@", "app:hunter2@"),
    [
      "5:10: warning: a password is written in the file: put it into the environment or a dotenv file, and write ${NAME} here",
    ],
  ],
  [
    "a variable that is none",
    SYSTEM.replace("App", "${1x} and ${X-y}"),
    [
      '1:8: "${1x}" is not a variable: write ${NAME} or ${NAME:-default}, and $${ where ${ itself is meant',
      '1:18: "${X-y}" is not a variable: write ${NAME} or ${NAME:-default}, and $${ where ${ itself is meant',
    ],
  ],
  [
    "a dotenv file that is missing",
    `${SYSTEM}env: [nope.env]\n`,
    ["6:7: warning: dotenv file nope.env: does not exist"],
  ],
])("%s is named at its place", async (_what, text, expected) => {
  expect(await lintedSystem(text)).toEqual(expected.map((line) => `system.yaml:${line}`));
});

test("unset variables are warnings where they are used, and judge nothing else", async () => {
  const text = `${SYSTEM.replace("localhost", "${DB_HOST}")}objectives: { rto: "\${RTO}" }\n`;
  expect(await lintedSystem(text)).toEqual([
    "system.yaml:5:27: warning: DB_HOST is not set; stores.database.url needs it",
    "system.yaml:6:21: warning: RTO is not set; objectives.rto needs it",
  ]);
});

test("a url that cannot be taken apart never shows its password", async () => {
  for (const url of [
    "u:pa/hunter2@h/d",
    "u:hunter2#@h/d",
    "u:hunter2",
    "u:1?hunter2@h/d",
    "u:%hunter2@h/d",
  ]) {
    const lines = await lintedSystem(SYSTEM.replace("app@localhost/app", "${DB}"), { DB: url });
    const whole = await lintedSystem(SYSTEM.replace("postgresql://app@localhost/app", "${DB}"), {
      DB: `postgres://${url}`,
    });
    for (const line of [...lines, ...whole]) expect(line).not.toContain("hunter2");
    expect(whole).toHaveLength(1);
    expect(whole[0]).toMatch(/^system\.yaml:5:10: /);
  }
});

test("a secret used where it would be shown is refused and not shown by the refusal", async () => {
  const text = `${SYSTEM.replace("App", "${PW}")}    password: \${PW}\n    host: \${PW}\n`;
  const lines = await lintedSystem(text, { PW: "hunter2" });
  expect(lines).toContain(
    "system.yaml:1:8: PW holds a password and would be shown here: give it to the step's env instead",
  );
  expect(lines.join("\n")).toContain('unknown host "(secret)"');
  expect(lines.join("\n")).not.toContain("hunter2");
});

test("a variable of a url that cannot be taken apart counts as secret: any part may be the password", async () => {
  const text = `${SYSTEM.replace("App", "${DB}").replace("postgresql://app@localhost/app", "${DB}")}`;
  const lines = await lintedSystem(text, { DB: "postgres://u:pa/hunter2@h/d" });
  expect(lines[0]).toContain("1:8: DB holds a password");
  expect(lines.join("\n")).not.toContain("hunter2");
});
