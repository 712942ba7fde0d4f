import { describe, expect, test } from "vitest";
import type { ClickhouseConnection } from "../../../src/runbook/store-kinds/clickhouse.ts";
import type { RestoreStep } from "../../../src/runbook/runbook-schema.ts";
import type { Command } from "../../../src/step/command.ts";
import { clickhouse } from "../../../src/stores/clickhouse/clickhouse.ts";
import { simulatedFacts } from "../../../src/stores/clickhouse/simulated-facts.ts";
import {
  type SwapScript,
  swapProbe,
  swapScript,
  unswapScript,
} from "../../../src/stores/clickhouse/swap-scripts.ts";
import type { StoreContext } from "../../../src/stores/store-kind.ts";

/*
 * What ClickHouse 18.16, the server of these tests, does not know. The same scripts were run by hand on the engine of
 * ClickHouse 26.9 (chDB): backup, drill, live restore with EXCHANGE TABLES, undo.
 */

const connection: ClickhouseConnection = {
  kind: "clickhouse",
  address: "localhost:9000",
  user: "default",
  subject: "vizora",
  isLocal: true,
  reserved: [],
  server: "localhost",
  port: "9000",
  secure: false,
  files: {},
  secretKey: undefined,
};

const TABLE = {
  name: "heartbeats",
  engine: "MergeTree",
  full: "MergeTree ORDER BY x",
  created: "CREATE TABLE vizora.heartbeats (`x` UInt8) ENGINE = MergeTree ORDER BY x",
  columns: [{ name: "x", type: "UInt8", kind: "", expression: "" }],
  rows: 3,
  bytes: 100,
  uuid: "61f0c404-5cb3-11e7-907b-a6006ad3dba0",
};

const factsOf = (version: string, engine = "Atomic") => ({
  ...simulatedFacts("vizora"),
  version,
  database: { engine, tables: [TABLE] },
});

const MANIFEST = {
  lifeboat: 1,
  system: "signage",
  store: "metrics",
  environment: "test",
  kind: "clickhouse",
  takenAt: "2026-01-15T03:00:00.000Z",
  artifact: { file: "/b/metrics.backup", format: "backup", bytes: 1, sha256: "x" },
  server: { version: "24.8.1", host: "h" },
  bytes: 100,
  database: "vizora",
  schemas: [
    {
      table: "heartbeats",
      file: "",
      engine: TABLE.full,
      create: TABLE.created,
      columns: [{ name: "x", type: "UInt8", default: "" }],
    },
  ],
  tables: [{ table: "heartbeats", rows: "3", sum: "4", method: "sum(cityHash64(`x`))" }],
  besides: [],
};

const context = (
  facts: unknown,
  payload: "native-directory" | "clickhouse-backup" = "native-directory",
): StoreContext => ({
  system: "signage",
  environment: "test",
  id: "metrics",
  store: {
    kind: "clickhouse",
    host: "local",
    critical: true,
    backups: [],
    secure: false,
    database: "vizora",
    files: {},
  },
  connection,
  backup: {
    backup: {
      id: "metrics.backup",
      store: "metrics",
      path: "/b/metrics.backup",
      tier: undefined,
      time: new Date(0),
      bytes: 1,
      modifiedMs: 0,
      kind: "directory",
      manifest: "/b/metrics.backup.manifest.json",
      remarks: [],
    },
    format: { wrapper: "none", payload },
    head: Buffer.from("heartbeats.native.gz"),
    manifest: MANIFEST,
  },
  subject: "vizora",
  facts,
  unreachable: undefined,
  clients: {},
  localData: undefined,
  mode: "live",
  strategy: "swap",
  run: { id: "20260115T030000-signage-lost-abcd", tag: "0115_abcd", dir: "/r", nonce: "n" },
  jobs: 2,
  skipSafetyCopy: false,
});

const RESTORE: RestoreStep = {
  id: "restore",
  kind: "restore",
  store: "metrics",
  owners: "keep",
  only: [],
  tables: [],
  queries: [],
  "on-failure": "ask",
};

const textOf = (command: Command | undefined): string =>
  `${command?.argv.at(-1) ?? ""}\n${command?.stdin ?? ""}`;

function swapOf(facts: unknown): string {
  const { steps } = clickhouse.expand(RESTORE, context(facts));
  return textOf(steps.find(({ id }) => id === "restore.swap")?.commands[0]);
}

describe("by version", () => {
  test("a database with engine Atomic is exchanged, table by table", () => {
    const script = swapOf(factsOf("24.8.1"));
    expect(script).toContain("EXCHANGE TABLES $2 AND $3; RENAME TABLE $3 TO $4");
    expect(script).toContain("heartbeats 61f0c404-5cb3-11e7-907b-a6006ad3dba0");
  });

  test.each([
    ["18.16.1", "Ordinary"],
    ["20.3.8", "Ordinary"],
    ["24.8.1", "Ordinary"],
  ])("%s with engine %s is renamed, all tables in one statement", (version, engine) => {
    const script = swapOf(factsOf(version, engine));
    expect(script).not.toContain("EXCHANGE");
    expect(script).toContain('"RENAME TABLE $moves"');
    expect(script).toContain('add "$2 TO $4, $3 TO $2"');
  });

  test("a BACKUP of the server's own is restored by it, beside", () => {
    const { steps } = clickhouse.expand(RESTORE, context(factsOf("24.8.1"), "clickhouse-backup"));
    const load = steps
      .find(({ id }) => id === "restore.load")
      ?.commands.map(textOf)
      .join("\n");
    expect(load).toContain(
      "RESTORE TABLE vizora.heartbeats AS vizora__restore_0115_abcd.heartbeats FROM File(",
    );
    expect(load).not.toContain("INSERT INTO");
  });

  test("BACKUP is taken where the server has it, and refused where it has not", () => {
    const request = { path: "/b/metrics.backup.partial", format: "backup", jobs: 1, nonce: "n" };
    const { commands, readBack } = clickhouse.backups.make(context(factsOf("24.8.1")), request);
    expect(textOf(commands[0])).toContain("BACKUP TABLE vizora.heartbeats TO File(");
    expect(textOf(readBack[0])).toContain("sum(cityHash64(`x`))");
    expect(() => clickhouse.backups.make(context(factsOf("22.3.1")), request)).toThrow();
    expect(clickhouse.backups.formatByName("/b/metrics.backup")).toBe("backup");
  });
});

const cases = (script: string): string[] =>
  script
    .split("\n")
    .filter((line) => /^ {4}\S+\) /.test(line))
    .map((line) => line.trim());

describe("with EXCHANGE, from every state", () => {
  const input: SwapScript = {
    names: { live: "v", copy: "v__restore", kept: "v__before" },
    tables: ["t"],
    absent: [],
    held: [],
    id: "lifeboat r restore swap",
    isNew: false,
    uuids: new Map([["t", "u-old"]]),
  };
  test("forward", () => {
    const lines = cases(swapScript(input, "token"));
    expect(lines).toContain('lc) add "EXCHANGE TABLES $2 AND $3; RENAME TABLE $3 TO $4" ;;');
    expect(lines).toContain('lcx) add "RENAME TABLE $3 TO $4" ;;');
    expect(lines).toContain('lk) add "EXCHANGE TABLES $2 AND $4" ;;');
    expect(lines).toContain("lkx) : ;;");
  });

  test("and back", () => {
    const lines = cases(unswapScript(input));
    expect(lines).toContain('lkx) add "EXCHANGE TABLES $2 AND $4; RENAME TABLE $4 TO $3" ;;');
    expect(lines).toContain('lcx) add "EXCHANGE TABLES $2 AND $3" ;;');
    expect(lines).toContain('lk) add "RENAME TABLE $4 TO $3" ;;');
    expect(lines).toContain("lc) : ;;");
  });

  test("the probe knows the end by the uuid", () => {
    expect(swapProbe(input)).toContain("['1:lkx']");
  });
});
