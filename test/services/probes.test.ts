import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { actCommands, backCommand, probeCommand } from "../../src/services/commands.ts";
import type { Manager, Verb } from "../../src/services/manager.ts";
import type { Act } from "../../src/services/script.ts";
import { findProgram } from "../provision/programs.ts";

const folder = mkdtempSync("/tmp/lifeboat probes-");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Services that are lines of a file; what is done to them is written into another. */
const FILES: Manager = {
  words: "files",
  look: () => `  for name do grep "^$name " "${folder}/now" || :; done; test ! -e "${folder}/broken"`,
  act: (_target, verb) => `echo ${verb} "$@" >> "${folder}/done"`,
  logs: (name) => name,
  hopeless: () => undefined,
  secrets: () => ({}),
};

const act = (verb: Verb, more: Partial<Act> = {}): Act => ({
  manager: FILES,
  target: { names: ["a", "b", "c"], tag: "t", stops: [] },
  verb,
  on: [],
  path: [],
  record: join(folder, "run 1", `services-${verb}`),
  after: [],
  ...more,
});

const up = (name: string, turn = 1, state = "running"): string => `${name} up ${state} ${name}@${turn}`;
const down = (name: string): string => `${name} down exited ${name}@1`;
const now = (...lines: string[]): void => writeFileSync(join(folder, "now"), `${lines.join("\n")}\n`);
const done = (): string =>
  existsSync(join(folder, "done")) ? readFileSync(join(folder, "done"), "utf8").trim() : "";

const SHELLS: [string, string[]][] = [
  ["dash", ["dash"]],
  ["bash", ["bash"]],
  ["busybox", ["busybox", "sh"]],
];

describe.each(SHELLS.filter(([name]) => findProgram(name) !== undefined))(
  "in %s",
  (_name, [shell = "", ...words]) => {
    beforeEach(() => {
      for (const name of ["run 1", "done", "broken"])
        rmSync(join(folder, name), { recursive: true, force: true });
    });
    const run = (command: { stdin?: string | undefined } | undefined): string =>
      execFileSync(shell, words, {
        input: command?.stdin ?? "",
        encoding: "utf8",
        stdio: ["pipe", "pipe", "ignore"],
      }).trim();
    const probe = (one: Act): string => run(probeCommand(one));
    const record = (one: Act): string => run(actCommands(one)[0]);

    test("a stop that was not begun is NOT DONE, also where all are down already", () => {
      now(down("a"), down("b"), down("c"));
      expect(probe(act("stop"))).toBe("NOT DONE");
      record(act("stop"));
      expect(probe(act("stop"))).toBe("DONE");
    });

    test("a stop is PARTLY done when one of those that ran is down", () => {
      now(up("a"), up("b"), down("c"));
      record(act("stop"));
      expect(probe(act("stop"))).toBe("NOT DONE");
      now(down("a"), up("b"), down("c"));
      expect(probe(act("stop"))).toBe("PARTLY");
      now(down("a"), down("c"));
      expect(probe(act("stop"))).toBe("DONE");
    });

    test("a second attempt keeps the record of the first, and a look that fails leaves none", () => {
      now(up("a"), up("b"), down("c"));
      writeFileSync(join(folder, "broken"), "");
      expect(() => record(act("stop"))).toThrow();
      expect(probe.bind(undefined, act("stop"))).toThrow();
      rmSync(join(folder, "broken"));
      expect(probe(act("stop"))).toBe("NOT DONE");
      record(act("stop"));
      now(down("a"), down("b"), down("c"));
      record(act("stop"));
      run(backCommand(act("stop")));
      expect(done()).toBe("start a b");
    });

    test("a start after a stop starts what ran before it; without its record all; with nothing recorded none", () => {
      const after = [{ records: [join(folder, "run 1", "services-stop")], names: ["a", "b", "c"] }];
      const start = act("start", { after });
      run(actCommands(start)[1]);
      expect(done()).toBe("start a b c");
      now(up("b"), down("c"));
      record(act("stop"));
      run(actCommands(start)[1]);
      expect(done()).toBe("start a b c\nstart b");
      rmSync(join(folder, "run 1"), { recursive: true });
      now(down("a"));
      record(act("stop"));
      run(actCommands(start)[1]);
      expect(done()).toBe("start a b c\nstart b");
    });

    test("what a first stop has stopped is not forgotten when a second one finds it down", () => {
      now(up("a"), up("b"), down("c"));
      record(act("stop"));
      now(down("a"), up("b"), down("c"));
      const second = act("stop", { record: join(folder, "run 1", "services-second") });
      record(second);
      const records = [act("stop").record, second.record];
      run(actCommands(act("start", { after: [{ records, names: ["a", "b", "c"] }] }))[1]);
      expect(done()).toBe("start a b");
    });

    test("a start is DONE when all that are wanted are good, PARTLY when one came, and taken back without what ran", () => {
      now(up("a"), down("b"), down("c"));
      expect(probe(act("start"))).toBe("NOT DONE");
      record(act("start"));
      expect(probe(act("start"))).toBe("NOT DONE");
      now(up("a"), up("b", 2, "starting"), down("c"));
      expect(probe(act("start"))).toBe("PARTLY");
      now(up("a"), up("b", 2, "healthy"), up("c", 2));
      expect(probe(act("start"))).toBe("DONE");
      run(backCommand(act("start")));
      expect(done()).toBe("stop b c");
    });

    test("a restart is DONE only when each is another than before", () => {
      now(up("a"), up("b"), up("c"));
      record(act("restart"));
      expect(probe(act("restart"))).toBe("NOT DONE");
      now(up("a", 2), up("b"), up("c"));
      expect(probe(act("restart"))).toBe("PARTLY");
      now(up("a", 2), up("b", 2), up("c", 2, "starting"));
      expect(probe(act("restart"))).toBe("PARTLY");
      now(up("a", 2), up("b", 2), up("c", 2));
      expect(probe(act("restart"))).toBe("DONE");
    });

    test("an undo of what never came to its record does nothing", () => {
      now(up("a"));
      run(backCommand(act("stop")));
      run(backCommand(act("start")));
      expect(done()).toBe("");
    });

    test("half a script runs nothing", () => {
      now(up("a"));
      const whole = actCommands(act("stop"))[0]?.stdin ?? "";
      for (const at of [0.2, 0.5, 0.8, 0.95]) {
        const stdin = whole.slice(0, Math.floor(whole.length * at));
        try {
          run({ stdin });
        } catch {
          // A syntax error is what is hoped for.
        }
        expect(existsSync(join(folder, "run 1"))).toBe(false);
      }
    });
  },
);
