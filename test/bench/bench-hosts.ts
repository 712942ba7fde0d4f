import { createWriteStream } from "node:fs";
import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { randomBytes } from "node:crypto";
import { createLauncher, type Launch } from "../../src/hosts/launcher.ts";
import type { Command } from "../../src/step/command.ts";
import type { Hop } from "../../src/step/hop.ts";
import { EXACTLY } from "../../src/stores/host/carry-files.ts";
import { startDocker } from "../helpers/docker.ts";
import { startStandInCluster } from "../helpers/kubectl-stand-in.ts";
import { startSshd } from "../helpers/sshd.ts";
import { median, shellSeconds } from "./timing.ts";

const ROUNDS = 5;
const CALLS = 40;
const BYTES = Number(process.env["BENCH_BYTES"] ?? 1 << 30);

/** One way, and the words that lead there without Lifeboat. */
interface Way {
  name: string;
  env: Record<string, string>;
  on: Hop[];
  /** Goes before a program's argv. */
  bare: string;
  /** Where the gigabyte lies there. */
  file: string;
}

/** (f): what carrying a command costs over the bare client, for short commands and for streams of 1 GB. */
export async function benchHosts(): Promise<void> {
  const folder = await mkdtemp("/tmp/lifeboat-bench-");
  const engine = await startDocker();
  const sshd = await startSshd({ aliases: ["far"] });
  const cluster = await startStandInCluster({ workloads: [{ kind: "StatefulSet", name: "db" }] });
  try {
    await engine.docker("volume", "create", "data");
    await engine.consumer("app-db", "data");
    const env = { PATH: process.env["PATH"] ?? "", HOME: folder };
    const socket = join(folder, "socket");
    const ssh = `ssh -T -F ${sshd.config} -S ${socket} far`;
    // The same kept connection that Lifeboat has, opened by hand.
    shellSeconds(`ssh -F ${sshd.config} -M -S ${socket} -o ControlPersist=600 -fN far 2>/dev/null`, env);
    const file = join(folder, "gigabyte");
    await fill(file);
    await copyFile(file, join(engine.pathOf("data"), "gigabyte"));
    const ways: Way[] = [
      { name: "this machine", env, on: [], bare: "", file },
      {
        name: "ssh, connection kept",
        env,
        on: [{ via: "ssh", destination: "far", config: sshd.config, timeoutSeconds: 10 }],
        bare: ssh,
        file,
      },
      {
        name: "container",
        env: { ...env, ...engine.env },
        on: [{ via: "docker", container: "app-db" }],
        bare: "docker exec -i app-db",
        file: "/volume/gigabyte",
      },
      {
        name: "pod (stand-in for kubectl)",
        env: { ...env, ...cluster.env, PATH: `${cluster.env["PATH"]}:${env.PATH}` },
        on: [{ via: "kubernetes", cluster: { namespace: cluster.namespace, secrets: {} }, pod: "db-0" }],
        bare: `kubectl -n ${cluster.namespace} exec -i db-0 --`,
        file,
      },
    ];
    for (const way of ways) await benchWay(way, file);
    shellSeconds(`${ssh} -O exit 2>/dev/null`, env, [0, 255]);
  } finally {
    await Promise.all([engine.stop(), sshd.stop(), cluster.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

const each = (total: number): string => `${((total * 1000) / CALLS).toFixed(1)} ms`;

async function benchWay(way: Way, file: string): Promise<void> {
  const launch = createLauncher({ env: way.env, secret: () => "", allow: "everything" });
  const command = (argv: string[], more: Partial<Command> = {}): Command => ({
    argv,
    env: {},
    secrets: {},
    ...(way.on.length === 0 ? {} : { on: way.on }),
    ...more,
  });
  // Looking up the way and opening the connection happen once in a run.
  await launch(command(["true"]), { effect: "reads" });
  const short = await compare(
    () => seconds(async () => repeated(launch, command(["true"]))),
    () => shellSeconds(`for i in $(seq ${CALLS}); do ${way.bare} /bin/true </dev/null; done`, way.env),
  );
  console.log(
    `(f) ${way.name}: a short command ${each(short.ours)} / ${each(short.theirs)} = ${(short.ours / short.theirs).toFixed(2)}`,
  );
  const { size } = await stat(file);
  const before = memory();
  const out = await compare(
    () => seconds(async () => void (await must(launch, command(["cat", way.file])))),
    () => shellSeconds(`${way.bare} cat ${way.file} | cat >/dev/null`, way.env),
  );
  stream({ way, direction: "from there", size, before }, out);
  if (way.on.length === 0) return;
  const feed = command(["sh", "-c", `${EXACTLY}exactly ${size} >/dev/null`], { feed: { file, bytes: size } });
  const into = await compare(
    () => seconds(async () => void (await must(launch, feed))),
    () => shellSeconds(`cat ${file} | ${way.bare} sh -c 'cat >/dev/null'`, way.env),
  );
  stream({ way, direction: "to there", size, before }, into);
}

const memory = (): number => Math.round(process.memoryUsage().rss / 1e6);

function stream(
  { way, direction, size, before }: { way: Way; direction: string; size: number; before: number },
  { ours, theirs }: { ours: number; theirs: number },
): void {
  const rate = (time: number): string => `${(size / time / 1e6).toFixed(0)} MB/s`;
  const ratio = theirs / ours;
  const met = ratio >= 0.7 ? "met" : "NOT MET";
  console.log(
    `(f) ${way.name}: 1 GB ${direction} ${rate(ours)} / ${rate(theirs)} = ${ratio.toFixed(2)}  (goal ≥ 0.7: ${met}), memory ${before} MB before, ${memory()} MB after`,
  );
}

async function repeated(launch: Launch, command: Command): Promise<void> {
  for (let call = 0; call < CALLS; call += 1) await must(launch, command);
}

async function must(launch: Launch, command: Command): Promise<void> {
  const result = await launch(command, { effect: "reads", keepBytes: 1024 });
  if (result.exit !== 0)
    throw new Error(`exit ${result.exit}: ${result.stderr} ${result.transport?.what ?? ""}`);
}

async function compare(
  ours: () => Promise<number>,
  theirs: () => number,
): Promise<{ ours: number; theirs: number }> {
  const both: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    both[1].push(theirs());
    both[0].push(await ours());
  }
  return { ours: median(both[0]), theirs: median(both[1]) };
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function fill(file: string): Promise<void> {
  const piece = randomBytes(1 << 20);
  const out = createWriteStream(file);
  for (let written = 0; written < BYTES; written += piece.length)
    if (!out.write(piece)) await new Promise((drained) => out.once("drain", () => drained(undefined)));
  out.end();
  await finished(out);
}
