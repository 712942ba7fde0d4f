import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figure, median, shellSeconds } from "./timing.ts";

const LIFEBOAT = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const BYTES = 1_000_000_000;
/** A gigabyte of lines such as restores print. */
const PRINT = `yes "pg_restore: processing data for table public.events, and some more words to make a line of it" | head -c ${BYTES}`;

function peakMegabytes(folder: string, env: Record<string, string>): number {
  const report = join(folder, "time.txt");
  execFileSync(
    "/usr/bin/time",
    ["-f", "%M", "-o", report, process.execPath, LIFEBOAT, "run", "loud", "loud", "--live", "--plain"],
    { env, stdio: "ignore" },
  );
  return Number(readFileSync(report, "utf8").trim()) / 1024;
}

/** (c): a step that prints a gigabyte, against a shell that redirects it into a file. */
export function benchOutput(): void {
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-bench-"));
  try {
    mkdirSync(join(folder, "runbooks", "loud"), { recursive: true });
    writeFileSync(
      join(folder, "runbooks", "loud", "system.yaml"),
      "title: loud\nenvironment: bench\nstores:\n  none: { kind: postgres, database: none }\n",
    );
    const step = { id: "print", kind: "command", run: ["sh", "-c", PRINT], effect: "reversible" };
    writeFileSync(
      join(folder, "runbooks", "loud", "loud.yaml"),
      JSON.stringify({ title: "loud", scenario: "bench", steps: [step] }),
    );
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      LIFEBOAT_HOME: join(folder, "home"),
      LIFEBOAT_RUNBOOKS: join(folder, "runbooks"),
    };
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      theirs.push(shellSeconds(`sh -c '${PRINT} > ${join(folder, "out")}'`, env));
      if (statSync(join(folder, "out")).size !== BYTES) throw new Error("the shell wrote something else");
      ours.push(shellSeconds(`${process.execPath} ${LIFEBOAT} run loud loud --live --plain`, env));
      rmSync(join(folder, "home", "runs"), { recursive: true, force: true });
    }
    console.log(
      `(c) ${figure("a step that prints 1 GB, against sh > file", median(ours), median(theirs), 1.5)}`,
    );
    const memory = peakMegabytes(folder, env);
    console.log(
      `    memory at its peak: ${memory.toFixed(0)} MB (goal < 200: ${memory < 200 ? "met" : "NOT MET"})`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
