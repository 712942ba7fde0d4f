import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ArtifactFormat } from "../../src/catalog/backup.ts";
import { connectionOf, loadForPlan, type LoadedSystem, placeOf } from "../../src/runbook/load.ts";
import type { RunbookStep } from "../../src/runbook/runbook-schema.ts";
import type { Command } from "../../src/step/command.ts";
import type { Mode, Strategy } from "../../src/step/mode.ts";
import type { Step } from "../../src/step/step.ts";
import { SIMULATED_TABLE } from "../../src/stores/clickhouse/simulated-facts.ts";
import { farPlaceOf } from "../../src/stores/host/far-place.ts";
import { kindFor, storeKind } from "../../src/stores/registry.ts";
import type { StoreContext, StoreInput } from "../../src/stores/store-kind.ts";

/** Paths of this machine all begin so; nothing that runs on the container may name one. */
const HERE = "/only-here";

const SYSTEM = `title: Five
environment: test
hosts:
  box: { kind: docker, container: box, path: [/opt/more] }
  far: { kind: ssh, destination: far, path: [/opt/more] }
stores:
  pg: { kind: postgres, host: box, server: localhost, user: u, database: shop, safety-copies: ${HERE}/copies }
  mongo: { kind: mongodb, host: box, database: shop }
  click: { kind: clickhouse, host: box, database: shop }
  influx: { kind: influxdb, host: box, database: shop, offline: { folder: /var/lib/influxdb, stop: [stop-it], start: [start-it] } }
  cache: { kind: redis, host: far, start: [redis-server] }
`;

const restoresOf = (store: string): string => `
  - { id: ${store}-restore, kind: restore, store: ${store}, queries: [{ title: q, sql: SELECT 1, expect: { equals: 1 } }] }
  - { id: ${store}-verify, kind: verify, store: ${store} }
  - { id: ${store}-safety, kind: safety-copy, store: ${store} }
  - { id: ${store}-query, kind: query, store: ${store}, sql: SELECT 1 }
`;
const STORES = ["pg", "mongo", "click", "influx", "cache"];
const RUNBOOK = `title: All
scenario: everything a store can do
steps:
${STORES.map(restoresOf).join("")}
  - { id: quiesce, kind: quiesce, store: pg }
  - { id: resume, kind: resume-connections, store: pg }
  - { id: pg-cleanup, kind: cleanup, store: pg, into: other }
  - { id: mongo-cleanup, kind: cleanup, store: mongo, into: other }
  - { id: influx-cleanup, kind: cleanup, store: influx, into: other }
`;

const FORMATS: Record<string, readonly [string, ArtifactFormat, "file" | "directory"][]> = {
  pg: [
    ["a b.sql.gz", { wrapper: "gzip", payload: "plain" }, "file"],
    ["a.dump", { wrapper: "none", payload: "custom" }, "file"],
    ["a.dump.zst", { wrapper: "zstd", payload: "custom" }, "file"],
    ["a.dir", { wrapper: "none", payload: "directory" }, "directory"],
    ["a.tar", { wrapper: "none", payload: "tar" }, "file"],
  ],
  mongo: [
    ["a.archive.gz", { wrapper: "gzip", payload: "mongo-archive" }, "file"],
    ["a", { wrapper: "none", payload: "mongo-directory" }, "directory"],
  ],
  click: [
    ["a", { wrapper: "none", payload: "native-directory" }, "directory"],
    ["simulated.native.gz", { wrapper: "gzip", payload: "native" }, "file"],
  ],
  influx: [
    ["a", { wrapper: "none", payload: "influx-portable" }, "directory"],
    ["a.tar.gz", { wrapper: "gzip", payload: "influx-portable" }, "file"],
    ["a.tar", { wrapper: "none", payload: "influx-legacy" }, "file"],
  ],
  cache: [["a.rdb.gz", { wrapper: "gzip", payload: "rdb" }, "file"]],
};

let folder = "";
let system: LoadedSystem;
let steps: readonly RunbookStep[] = [];
beforeAll(async () => {
  folder = await mkdtemp("/tmp/lifeboat-on-host-");
  await writeFile(join(folder, "system.yaml"), SYSTEM);
  await writeFile(join(folder, "all.yaml"), RUNBOOK);
  const loaded = await loadForPlan(folder, "all", {});
  system = loaded.system;
  steps = loaded.runbook.runbook.steps;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function inputOf(id: string, backup?: (typeof FORMATS)[string][number]): StoreInput {
  const store = system.system.stores[id];
  if (!store) throw new Error(`no store ${id}`);
  const connection = connectionOf(system, id);
  const [name, format, kind] = backup ?? ["", { wrapper: "none", payload: "empty" }, "file"];
  const found = {
    id: name,
    store: id,
    path: `${HERE}/backups/${name}`,
    tier: undefined,
    time: new Date(0),
    fileTime: undefined,
    bytes: 1000,
    modifiedMs: 0,
    kind,
    manifest: undefined,
    sidecar: undefined,
    remarks: [],
  };
  return {
    system: "five",
    environment: "test",
    id,
    store,
    connection,
    backup: backup && { backup: found, format, head: Buffer.alloc(0), manifest: undefined },
    subject: connection.subject,
    facts: storeKind(store.kind).simulatedFacts(connection.subject),
    unreachable: undefined,
    clients: {},
    localData: "/var/lib/data",
    place: farPlaceOf(placeOf(system, store.host)),
  };
}

const run = { id: "run-1", tag: "tag_1", dir: `${HERE}/home/run-1`, nonce: "0123" };

interface Made {
  words: string;
  step: Step;
}

/** Every step of every action, in each mode, strategy and format. */
function all(): Made[] {
  const made: Made[] = [];
  for (const step of steps) {
    if (!("store" in step) || step.store === undefined) continue;
    const formats = ["restore", "verify"].includes(step.kind) ? (FORMATS[step.store] ?? []) : [undefined];
    for (const format of formats)
      for (const mode of ["live", "drill", "dry-run"] satisfies Mode[])
        for (const strategy of ["swap", "replace"] satisfies Strategy[]) {
          if (strategy === "replace" && step.store === "influx" && format?.[1].payload !== "influx-legacy")
            continue;
          const input = inputOf(step.store, format);
          const context: StoreContext = { ...input, mode, strategy, run, jobs: 2, skipSafetyCopy: false };
          const expansion = kindFor(input).expand(step, context);
          const words = `${step.id} ${format?.[0] ?? ""} ${mode} ${strategy}`;
          for (const one of [...expansion.steps, ...expansion.last])
            made.push({ words: `${words}: ${one.id}`, step: one });
        }
  }
  return made;
}

function commandsOf(step: Step): Command[] {
  const sources = step.checks.flatMap(({ source }) => ("inspect" in source ? [] : [source]));
  const probe = step.probe ? [step.probe] : [];
  return [
    ...step.commands,
    ...sources,
    ...probe,
    ...(step.undo?.commands ?? []),
    ...(step.cleanup?.commands ?? []),
  ];
}

describe("a store whose commands run on another host", () => {
  test("no command forgets where it runs, but those that carry files of this machine", () => {
    for (const { words, step } of all())
      for (const command of commandsOf(step)) {
        if (command.on !== undefined) expect(command.path, words).toEqual(["/opt/more"]);
        else expect(command.argv.join(" "), words).toContain(HERE);
      }
  });

  test("no far command names a path of this machine, and nothing that is read here lies there", () => {
    for (const { words, step } of all()) {
      for (const { on, feed: _feed, into: _into, ...command } of commandsOf(step))
        if (on !== undefined) expect(JSON.stringify(command), words).not.toContain(HERE);
      for (const { source } of step.checks)
        if ("inspect" in source) expect(source.path, words).toMatch(new RegExp(`^${HERE}/`));
    }
  });

  test("what is read there was sent before, and is waited for", () => {
    const sends = new Map<string, Step[]>();
    for (const { words, step } of all()) {
      const plan = words.replace(/: .*/, "");
      const before = sends.get(plan) ?? [];
      const path = "/var/tmp/lifeboat-run-1/";
      const reads = [
        ...step.commands,
        ...step.checks.flatMap(({ source }) => ("inspect" in source ? [] : [source])),
      ];
      for (const command of reads.filter(({ on, feed }) => on !== undefined && feed === undefined)) {
        const backup = command.argv
          .join(" ")
          .match(new RegExp(`${path}[^ '";]*/(?:backup|unpacked-)[^ '";]*`))?.[0];
        if (backup === undefined) continue;
        const staged = [...before, step].filter((one) => one.commands.some(({ feed }) => feed !== undefined));
        expect(staged.length, `${words} reads ${backup}`).toBeGreaterThan(0);
      }
      sends.set(plan, [...before, step]);
    }
  });

  test("steps that wait for a step wait for one of the plan, and none for itself", () => {
    const ids = new Map<string, Set<string>>();
    const made = all();
    for (const { words, step } of made) {
      const plan = words.replace(/: .*/, "");
      ids.set(plan, (ids.get(plan) ?? new Set()).add(step.id));
    }
    for (const { words, step } of made) {
      for (const need of step.needs) expect(ids.get(words.replace(/: .*/, "")), words).toContain(need);
      expect(step.needs, words).not.toContain(step.id);
    }
  });

  test("facts, sessions, locks and backups are asked for there", () => {
    for (const id of STORES) {
      const input = inputOf(id);
      const kind = kindFor(input);
      const made = kind.backups.formats.map((format) =>
        kind.backups.make(input, {
          path: `/far/${SIMULATED_TABLE}.native.gz`,
          format,
          jobs: 2,
          nonce: "0123",
        }),
      );
      const commands = [
        kind.factsCommand(input),
        ...(kind.sessions ? [kind.sessions.look(input, "run-1"), kind.sessions.end(input, "run-1")] : []),
        ...(kind.lock ? [kind.lock.command(input, "shop", "run-1", false)] : []),
        ...made.flatMap(({ commands: own, readBack, cleanUp }) => [...own, ...readBack, ...(cleanUp ?? [])]),
      ];
      for (const { on, argv } of commands) expect(on, `${id}: ${argv.join(" ")}`).toEqual(input.place?.hops);
    }
  });
});
