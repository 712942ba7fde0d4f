import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figure, median, shellSeconds } from "./timing.ts";

const LIFEBOAT = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const STEPS = 200;
const ROUNDS = 5;

/** Runs the same commands one after the other and logs each with its time and exit code, synced to disk as a journal is. */
const SCRIPT = (log: string): string => `#!/bin/bash
for i in $(seq 1 ${STEPS}); do
  echo "$(date -Ins) start $i /bin/true" >> ${log}
  /bin/true
  echo "$(date -Ins) end $i $?" >> ${log}
done
`;

/** (b): what the engine costs over the commands themselves. */
export function benchOverhead(): void {
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-bench-"));
  try {
    mkdirSync(join(folder, "runbooks", "many"), { recursive: true });
    writeFileSync(
      join(folder, "runbooks", "many", "system.yaml"),
      "title: many\nenvironment: bench\nstores:\n  none: { kind: postgres, database: none }\n",
    );
    const steps = Array.from(
      { length: STEPS },
      (_, i) => `  - { id: s${i}, kind: command, run: [/bin/true], effect: reversible }`,
    );
    writeFileSync(
      join(folder, "runbooks", "many", "many.yaml"),
      `title: many\nscenario: bench\nsteps:\n${steps.join("\n")}\n`,
    );
    writeFileSync(join(folder, "many.sh"), SCRIPT(join(folder, "many.log")));
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      LIFEBOAT_HOME: join(folder, "home"),
      LIFEBOAT_RUNBOOKS: join(folder, "runbooks"),
    };
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      theirs.push(shellSeconds(`bash ${join(folder, "many.sh")}`, env));
      ours.push(shellSeconds(`${process.execPath} ${LIFEBOAT} run many many --live --plain`, env));
    }
    console.log(
      `(b) ${figure(`${STEPS} steps of true, against bash with a log`, median(ours), median(theirs), 2)}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
