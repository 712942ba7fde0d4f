import { expect, test } from "vitest";
import { fromMarkdown, read, storesIn } from "./make.ts";

/** What a person at one terminal does with a procedure, beyond its commands. */

const blocks = (...texts: string[]): string => `# Recovery\n\n## Restore\n\n${texts.join("\n\n")}\n`;
const sh = (...lines: string[]): string => `\`\`\`sh\n${lines.join("\n")}\n\`\`\``;

test("a cd holds for the blocks below it, until somebody logs in elsewhere", () => {
  const made = fromMarkdown(
    blocks(
      sh("cd /opt/shop", "docker compose -p shop stop api"),
      "Then:",
      sh("cd deploy"),
      sh("./unpack.sh"),
      sh("ssh ops@other"),
      sh("./there.sh"),
    ),
  );
  const { steps } = read(made, "restore");
  expect(steps.map(({ cwd }) => cwd)).toEqual([undefined, "/opt/shop/deploy", undefined, undefined]);
  expect(storesIn(made).hosts["stack"]).toMatchObject({ directory: "/opt/shop", project: "shop" });
});

test("services of one project are one host, also in a block without the cd", () => {
  const made = fromMarkdown(
    blocks(sh("cd /opt/shop", "docker compose stop api"), "Later:", sh("docker compose start api")),
  );
  expect(Object.keys(storesIn(made).hosts)).toEqual(["stack"]);
});

test("the last box of a checklist is something to do, not the title of the block below", () => {
  const made = fromMarkdown(
    blocks(
      "- [ ] Tell support\n- [ ] Page the DBA",
      sh("ls -l /b"),
      "- [ ] Look:\n\n  ```sh\n  df -h\n  ```",
    ),
  );
  expect(read(made, "restore").steps).toMatchObject([
    { kind: "manual", instructions: expect.stringMatching(/Tell support[\s\S]*Page the DBA/) },
    { kind: "command", title: "ls -l /b" },
    { kind: "command", title: "Look" },
  ]);
});

test("choosing a context of kubectl is never run by itself, least of all in a dry run", () => {
  const made = fromMarkdown(blocks(sh("kubectl config use-context prod", "kubectl config current-context")));
  expect(read(made, "restore").steps).toMatchObject([
    { kind: "manual" },
    { kind: "command", effect: "reads" },
  ]);
});

test.each([
  ["It should print `0`.", { equals: 0 }],
  ["Expected: 12", { equals: 12 }],
  ["It should print at least 10 or more.", { "at-least": 1 }],
  ["It should print at least 10.", { "at-least": 1 }],
  ["Wait 5 minutes.", { "at-least": 1 }],
])("what a query has to answer, by the words below it: %s", (words, expected) => {
  const made = fromMarkdown(blocks(sh("psql -d shop -c 'SELECT count(*) FROM sessions'"), words));
  expect(read(made, "restore").steps[0]).toMatchObject({ kind: "query", expect: expected });
});
