import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CLICKHOUSE_PROGRAMS } from "../../helpers/clickhouse.ts";
import {
  type ClickhouseEstate,
  openClickhouseEstate,
  SIGNAGE_SYSTEM,
} from "../../helpers/clickhouse-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { whileRepeating } from "../../helpers/while-repeating.ts";

suiteFor("clickhouse: faults of the server", CLICKHOUSE_PROGRAMS, () => {
  vi.setConfig({ testTimeout: 300_000 });
  let estate: ClickhouseEstate;
  let path: string;
  beforeAll(async () => {
    // A table of more bytes than that can neither be dropped nor truncated.
    const config = "<max_table_size_to_drop>1000</max_table_size_to_drop>";
    estate = await openClickhouseEstate({ password: "geheim", config });
    path = await estate.backup();
  });
  afterAll(() => estate.stop());

  /** A gunzip that stops in the middle of some rows, says so, and waits until it may go on. */
  const slowLoad = async (name: string) => {
    const [calls, began, go] = ["calls", "began", "go"].map((what) => join(estate.folder, `${name}.${what}`));
    const script = `#!/bin/sh
echo >> "${calls}"
if [ "$(wc -l < "${calls}")" -lt 4 ] || [ -e "${began}" ]; then exec /bin/gunzip "$@"; fi
/bin/gunzip "$@" | { head -c 20000; touch "${began}"; while [ ! -e "${go}" ]; do sleep 0.1; done; cat; }
`;
    const env = await estate.standIns({ gunzip: script });
    const untilBegun = async (): Promise<void> => {
      while (!existsSync(began ?? "")) await pause(20);
    };
    return { env, untilBegun, go: () => writeFile(go ?? "", "") };
  };

  test.each([
    ["a wrong password", { METRICS_PASSWORD: "wrong" }, /correct user and password/],
    ["no password", { METRICS_PASSWORD: "" }, /correct user and password/],
    ["a closed port", { METRICS_PORT: "1" }, /start the server, or correct server and port/],
  ])("%s is refused before anything is touched, and says what to do", async (_what, env, says) => {
    const before = await estate.snapshot();
    const ran = await estate.restore(["--backup", path], env);
    expect(ran).toMatchObject({ code: 11 });
    expect(ran.stdout + ran.stderr).toMatch(says);
    expect(ran.stdout + ran.stderr).not.toContain("geheim");
    expect(await estate.snapshot()).toEqual(before);
  });

  test("a port that never answers", async () => {
    const silent = createServer();
    await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    try {
      const ran = await estate.restore(["--backup", path], { METRICS_PORT: port });
      expect(ran).toMatchObject({ code: 11 });
    } finally {
      silent.close();
    }
  });

  test("a user that may only read", async () => {
    await estate.writeSystem(SIGNAGE_SYSTEM.replace("database:", "user: reader\n    database:"));
    const ran = await estate.restore(["--backup", path]);
    await estate.writeSystem(SIGNAGE_SYSTEM);
    expect(ran).toMatchObject({ code: 11 });
    expect(ran.stdout).toMatch(/the user's profile is read-only/);
  });

  test("the server is stopped in the middle of the load; resume begins it anew, and nothing is there twice", async () => {
    const database = await estate.another("stopped");
    const good = await estate.snapshot(["stopped"]);
    const load = await slowLoad("stopped");
    const run = estate.start(["run", "signage", "lost", "--live", "--confirm", "stopped", "--backup", path], {
      ...database,
      ...load.env,
    });
    await load.untilBegun();
    await estate.server.halt("kill");
    await load.go();
    const failed = await run.ended;
    expect(failed).toMatchObject({ code: 20 });
    const early = await estate.lifeboat(["resume", "latest", "--plain", "--confirm", "stopped"], database);
    expect(early).toMatchObject({ code: 30 });
    expect(early.stderr).toMatch(/next: store metrics does not answer: start it/);
    expect(early.stderr).not.toContain("--assume");
    expect(early.stdout).toContain("so far: stopped is as it was");
    await estate.server.start();
    expect(await estate.snapshot(["stopped"])).toEqual(good);
    const resumed = await estate.lifeboat(["resume", "latest", "--plain", "--confirm", "stopped"], database);
    expect(resumed).toMatchObject({ code: 0 });
    expect(await estate.snapshot(["stopped"])).toEqual(good);
  });

  test("tables above the limit for DROP: a drill's copy and what was kept are removed all the same", async () => {
    const database = await estate.another("large");
    await expect(estate.server.ask("DROP TABLE large.device_heartbeats")).rejects.toThrow(/was not dropped/);
    expect(await estate.restore(["--backup", path, "--drill"], database)).toMatchObject({ code: 0 });
    expect(await estate.restore(["--backup", path], database)).toMatchObject({ code: 0 });
    const kept = (await estate.server.ask("SHOW DATABASES"))
      .split("\n")
      .find((name) => name.startsWith("large__before_"));
    expect(kept).toBeDefined();
    const cleaned = await estate.lifeboat(["cleanup", "latest", "--confirm", kept ?? ""], database);
    expect(cleaned).toMatchObject({ code: 0 });
    expect(
      (await estate.server.ask("SHOW DATABASES")).split("\n").filter((name) => name.startsWith("large__")),
    ).toEqual([]);
  });

  test("two runs at once, from two homes: the second is told who is at it; the lock ends with the first", async () => {
    const database = await estate.another("both");
    const load = await slowLoad("both");
    const first = estate.start(["run", "signage", "lost", "--live", "--confirm", "both", "--backup", path], {
      ...database,
      ...load.env,
    });
    await load.untilBegun();
    const other = { ...database, LIFEBOAT_HOME: join(estate.folder, "other-home") };
    const second = await estate.restore(["--backup", path], other);
    expect(second).toMatchObject({ code: 31 });
    expect(second.stderr).toMatch(/another live run holds both at its server[^]*signage-lost/);
    await load.go();
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await estate.restore(["--backup", path], other)).toMatchObject({ code: 0 });
  });

  test("what others do at the same time: inserts during a backup make no false alarm", async () => {
    const database = await estate.another("busy");
    const insert = "INSERT INTO busy.notes SELECT now(), toString(number) FROM numbers(100)";
    const taken = await whileRepeating(
      () => estate.server.ask(insert),
      () => estate.backup("metrics-{timestamp}", database),
    );
    expect(await estate.restore(["--backup", taken, "--drill"], database)).toMatchObject({ code: 0 });
  });

  test("HTTP says 200 and puts the exception into the data, where the native client ends with a code", async () => {
    const query = "SELECT number, throwIf(number = 2000000) FROM numbers(3000000)";
    const answer = await fetch(`http://127.0.0.1:${estate.server.httpPort}/?user=default&password=geheim`, {
      method: "POST",
      body: query,
    });
    expect(answer.status).toBe(200);
    expect((await answer.text()).slice(-300)).toMatch(/DB::Exception/);
    await expect(estate.server.ask(query)).rejects.toThrow(/DB::Exception/);
  });

  test("without a name every store of the system is backed up, and one that fails keeps no other from it", async () => {
    const backups = (name: string) =>
      `    backups:\n      - path: ${estate.folder}/all/${name}-{timestamp}\n`;
    const store = (name: string, port: string) =>
      `  ${name}:\n    kind: clickhouse\n    server: 127.0.0.1\n    port: ${port}\n    password: \${METRICS_PASSWORD}\n    database: vizora\n${backups(name)}`;
    const { port } = estate.server;
    const head = SIGNAGE_SYSTEM.slice(0, SIGNAGE_SYSTEM.indexOf("  metrics:"));
    const good = store("first", `${port}`) + store("last", `${port}`);
    await estate.writeSystem(`${head}${good}`, "several");
    const all = await estate.lifeboat(["backup", "several"]);
    expect(all).toMatchObject({ code: 0 });
    expect(all.stdout.match(/with manifest/g)).toHaveLength(2);
    await estate.writeSystem(`${head}${store("absent", "1")}${good}`, "several");
    const some = await estate.lifeboat(["backup", "several"]);
    expect(some.code).toBe(20);
    expect(some.stderr).toMatch(/store absent: no backup/);
    expect(some.stdout.match(/with manifest/g)).toHaveLength(2);
    expect(await estate.lifeboat(["backup", "several", "last", "frist"])).toMatchObject({ code: 2 });
  });

  test("an optional restore is left out under time pressure, and the reason is in the report", async () => {
    await estate.writeRunbook(
      "pressed",
      `title: Everything
scenario: time is short
steps:
  - id: metrics
    kind: restore
    store: metrics
    optional: only the history of the metrics is lost
  - id: tell
    kind: command
    effect: reads
    run: [echo, back]
`,
    );
    const down = { METRICS_PORT: "1" };
    const args = ["run", "signage", "pressed", "--live", "--confirm", "vizora", "--backup", path];
    const refused = await estate.lifeboat(args, down);
    expect(refused).toMatchObject({ code: 11 });
    expect(refused.stderr).toContain("--leave-out metrics");
    const ran = await estate.lifeboat(
      [...args, "--leave-out", "metrics", "--because", "shops are closed"],
      down,
    );
    expect(ran).toMatchObject({ code: 23 });
    expect(ran.stdout).toContain("shops are closed");
    expect(ran.stdout).toContain("only the history of the metrics is lost");
  });
});
