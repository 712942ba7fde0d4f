import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { isAlive, isSameProcess, processesMarked, processStart } from "../../src/base/processes.ts";

test.runIf(existsSync("/proc/self/stat"))(
  "whoever has the id of a process that had ended when it was recorded is not taken for it, and not ended",
  () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(isSameProcess(process.pid, "")).toBe(false);
    expect(isSameProcess(process.pid, processStart(process.pid))).toBe(true);
    expect(isSameProcess(process.pid, "1")).toBe(false);
  },
);

test.runIf(existsSync("/proc/self/stat"))(
  "a process is found by its mark, and by no other value",
  async () => {
    const value = `run ${process.pid} = this`;
    const child = spawn("sleep", ["60"], { env: { ...process.env, TEST_MARK: value, TEST_STEP: "load" } });
    try {
      await once(child, "spawn");
      await expect
        .poll(() => processesMarked("TEST_MARK", value).map((found) => found.pid))
        .toEqual([child.pid]);
      expect(processesMarked("TEST_MARK", value)[0]?.environment.get("TEST_STEP")).toBe("load");
      expect(processesMarked("TEST_MARK", "run")).toEqual([]);
    } finally {
      child.kill("SIGKILL");
    }
  },
);
