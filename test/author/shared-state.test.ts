import { describe, expect, test } from "vitest";
import { fromMarkdown, read, shell, textOf } from "./make.ts";

describe("what shells share and steps do not", () => {
  test("a variable is set in each step that reads it", () => {
    const made = fromMarkdown(shell('STAMP="$(date +%F)"', "frobnicate --from $STAMP"));
    expect(read(made, "restore").steps).toMatchObject([
      {
        kind: "command",
        run: expect.arrayContaining([expect.stringMatching(/^STAMP=.*\nfrobnicate --from \$STAMP/)]),
      },
    ]);
  });

  test("a variable of the environment is asked for", () => {
    const made = fromMarkdown(shell("frobnicate --from $SOURCE"));
    expect(read(made, "restore").steps).toMatchObject([{ env: { SOURCE: "${SOURCE}" } }]);
  });

  test("a cd on a line of its own holds for what follows", () => {
    const made = fromMarkdown(shell("cd /opt/app", "frobnicate", "docker compose up -d"));
    expect(read(made, "restore").steps).toMatchObject([
      { kind: "command", cwd: "/opt/app" },
      { kind: "services", do: "up" },
    ]);
    expect(textOf(made, "system.yaml")).toContain("directory: /opt/app");
  });

  test("the backup is known by its own name, not by where it was unpacked", () => {
    const made = fromMarkdown(
      shell(
        "gunzip -c /b/daily/shop_20260115_030000.sql.gz > /tmp/restore.sql",
        "psql shop < /tmp/restore.sql",
      ),
    );
    expect(textOf(made, "system.yaml")).toContain("path: /b/{tier}/shop_{timestamp}.sql.gz");
  });
});
