import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { allText, fromMarkdown, kinds, names, procedureText, read, shell, textOf } from "./make.ts";

describe("the shapes of procedures that teams have", () => {
  test("many stores in compose: infrastructure first, each store once, the application, a look", async () => {
    const made = fromMarkdown(await procedureText("signage"), "signage");
    expect(names(made)).toEqual(["system", "backups", "full-restore", "database-lost", "cache-lost"]);
    expect(kinds(made, "full-restore")).toEqual([
      "up services",
      "up wait",
      "restore",
      "migrate",
      "restore",
      "restore",
      "restore",
      "command",
      "query",
      "http",
      "manual",
    ]);
    const metrics = read(made, "full-restore").steps.find(({ id }) => id === "restore-analytics");
    expect(metrics).toMatchObject({ optional: "Metrics (may be skipped when time is short)" });
  });

  test("a compose file, dumps and an RDB: what Lifeboat does itself is not done twice", async () => {
    const made = fromMarkdown(await procedureText("vending"), "vending");
    expect(kinds(made, "database-restore")).toEqual(["services", "restore", "services"]);
    expect(kinds(made, "queue-restore")).toEqual(["restore", "query"]);
    expect(read(made, "complete-recovery")["before-you-start"]).toEqual(
      expect.arrayContaining([
        "A new server with Docker",
        expect.stringContaining("ever run this on the staging machine"),
      ]),
    );
  });

  test("one database and a numbered list", async () => {
    const made = fromMarkdown(await procedureText("plots"), "plots");
    expect(kinds(made, "plots-database-recovery")).toEqual([
      "query",
      "safety-copy",
      "restore",
      "migrate",
      "query",
      "query",
      "manual",
      "manual",
    ]);
  });

  test("volumes beside a database, and a script that is kept by hand because it wants an argument", async () => {
    const made = fromMarkdown(await procedureText("containers"), "containers");
    expect(kinds(made, "complete-system-failure")).toEqual([
      "manual",
      "services",
      "restore",
      "restore",
      "restore",
      "services",
      "migrate",
      "http",
      "manual",
    ]);
    expect(kinds(made, "point-in-time-recovery")).toEqual(["manual", "services", "manual"]);
  });

  test("a cluster: scaled down and back to what the procedure says, stores in their pods", async () => {
    const made = fromMarkdown(await procedureText("sensors"), "sensors");
    expect(kinds(made, "restoring-postgresql")).toEqual([
      "services",
      "restore",
      "services",
      "wait",
      "confirm",
    ]);
    expect(read(made, "restoring-postgresql").steps[2]).toMatchObject({
      do: "start",
      names: ["deployment/api", "deployment/worker"],
      replicas: 2,
    });
    expect(kinds(made, "restoring-redis")).toEqual(["restore"]);
    expect(textOf(made, "system.yaml")).toMatch(
      /database-host:\n {4}kind: kubernetes\n {4}of: cluster\n {4}pod: postgres-0\n/,
    );
    expect(textOf(made, "system.yaml")).toContain(
      "path: /backups/influxdb/{tier}/sensors_{timestamp}.tar.gz",
    );
  });
});

describe("headings", () => {
  test("of two scenarios become two runbooks, their steps phases", () => {
    const made = fromMarkdown(
      "# Disaster recovery plan\n\n## Recovery procedures\n\n### Scenario 1: Database lost\n\n#### Step 1: Stop\n\n```sh\nsystemctl stop app\n```\n\n#### Step 2: Load it\n\n```sh\npsql shop < d_20260101.sql\n```\n\n### Scenario 2: Everything lost\n\n1. Call the provider\n",
    );
    expect(names(made).slice(1)).toEqual(["database-lost", "everything-lost"]);
    expect(read(made, "database-lost").steps).toMatchObject([{ title: "Stop app" }, { title: "Load it" }]);
  });

  test("without anything to do become no runbook and are kept", () => {
    const made = fromMarkdown("# R\n\n## Contacts\n\nCall Ada.\n\n## Restore\n\n1. Do it\n");
    expect(names(made)).not.toContain("contacts");
    expect(textOf(made, "system.yaml")).toContain("Call Ada.");
  });
});

describe("a restore", () => {
  test("into another database first is a step of its own", () => {
    const made = fromMarkdown(
      shell(
        "pg_restore -d shop_check a_20260101.dump",
        "pg_restore -d shop a_20260101.dump",
        "pg_restore -d shop b_20260101.dump",
      ),
    );
    expect(read(made, "restore").steps).toMatchObject([
      { kind: "restore", into: "shop_check" },
      { kind: "restore" },
    ]);
  });

  test("of a server takes only the stop and start around itself", () => {
    const made = fromMarkdown(
      shell(
        "docker-compose stop redis",
        "docker cp d_20260101.rdb redis:/data/dump.rdb",
        "docker-compose start redis",
        "docker-compose stop redis",
        "docker run --rm -v files:/data -v /b:/backup alpine tar xzf /backup/f_20260101.tar.gz -C /data",
        "docker-compose start redis",
      ),
    );
    expect(kinds(made, "restore")).toEqual(["restore", "services", "restore", "services"]);
  });

  test("that is called optional may be skipped", () => {
    const made = fromMarkdown(
      shell("# (optional) bring the cache back", "docker cp d_20260101.rdb redis:/data/dump.rdb"),
    );
    expect(read(made, "restore").steps).toMatchObject([{ optional: "(optional) bring the cache back" }]);
  });
});

describe("nothing is run that was not written to be run", () => {
  test.each([
    ["a placeholder", shell("./restore.sh <backup file>")],
    ["an argument of a script", shell("#!/bin/sh", "restore-tool $1")],
    ["a program in which somebody types", shell("psql -U app shop", "frobnicate --all")],
    ["what follows a login", shell("ssh ops@db1", "systemctl stop app")],
  ])("%s is left to a person", (_what, markdown) => {
    const made = fromMarkdown(markdown);
    expect(
      read(made, "restore")
        .steps.map(({ kind }) => kind)
        .filter((kind) => kind !== "manual"),
    ).toEqual([]);
  });

  test("the example output of a command is no command", () => {
    const made = fromMarkdown(
      "# R\n\n## Restore\n\n```sh\n./restore.sh all\n```\n\nHere is an example output:\n\n```bash\nrestoring a.tar\nrm: done\n```\n",
    );
    expect(kinds(made, "restore")).toEqual(["command"]);
    expect(allText(made)).toContain("restoring a.tar");
  });

  test("a banner that is marked as shell is no command", () => {
    const made = fromMarkdown(
      "# R\n\n## Restore\n\n1. Wait\n\n```bash\n--------\n| _ \\ |\n.....Restoring\n```\n",
    );
    expect(kinds(made, "restore")).toEqual(["manual"]);
  });

  test("a backup's commands are never run by a runbook", () => {
    const made = fromMarkdown(
      "# R\n\n## Restore\n\n1. Do it\n\n## Backup\n\n```sh\npg_dump shop > /b/shop_20260101.sql\nrm -rf /b/old\n```\n",
    );
    expect(kinds(made, "backup").filter((kind) => kind !== "manual")).toEqual([]);
    expect(textOf(made, "backup.yaml")).toContain("lifeboat backup shop database");
  });

  test("a commented-out command is not the title of the next one", () => {
    const made = fromMarkdown(shell("# rm -rf /data", "docker compose pull  # newest images"));
    expect(read(made, "restore").steps).toMatchObject([{ title: "newest images" }]);
  });

  test("a command that destroys data says so", () => {
    const made = fromMarkdown(shell("docker compose down -v"));
    expect(textOf(made, "restore.yaml")).toContain("# check: this destroys data");
    expect(read(made, "restore").steps).toMatchObject([{ kind: "command", target: "shop" }]);
  });

  test("a fixed wait is never run", () => {
    const made = fromMarkdown(shell("docker compose up -d db", "sleep 30", "psql shop < d_20260101.sql"));
    expect(allText(made)).not.toContain("run: [sleep");
  });
});

test("objectives, retention, schedules and sizes go to the store they speak of", async () => {
  const made = fromMarkdown(await procedureText("vending"), "vending");
  expect(parse(textOf(made, "system.yaml"))).toMatchObject({
    stores: {
      database: {
        objectives: { rto: "15m", rpo: "24h" },
        backups: [{ "usual-size": { min: "40MB", max: "90MB" } }],
      },
      cache: { objectives: { rto: "2m" } },
    },
  });
  const signage = textOf(fromMarkdown(await procedureText("signage"), "signage"), "system.yaml");
  expect(signage).toContain("0 3 * * * /opt/signage/scripts/backup-postgres.sh");
});

test("a test restore goes into the database that the procedure names", () => {
  const made = fromMarkdown(
    "# R\n\n## Restore\n\n```sh\npg_restore -d shop /b/a_20260101.dump\n```\n\n## Test restore\n\n```sh\npg_restore -d shop_test /b/a_20260101.dump\n```\n\n## Recovery of everything\n\n```sh\npg_restore -d shop /b/a_20260101.dump\n```\n",
  );
  expect(read(made, "test-restore").steps).toMatchObject([{ kind: "restore", into: "shop_test" }]);
  expect(read(made, "restore").steps[0]).not.toHaveProperty("into");
});
