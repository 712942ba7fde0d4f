import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { COMPOSE_PROGRAMS, DOCKER_PROGRAMS, noDocker } from "../helpers/docker.ts";
import { type ComposeProgram, openServicesEstate, type ServicesEstate } from "../helpers/services-estate.ts";
import { suiteFor } from "../helpers/suite-for.ts";

// Version 1 of compose takes seconds for a word, on a busy machine many.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const STOP = "  - { id: stop-app, kind: services, host: stack, do: stop, names: [backend, db, idle] }\n";
const START =
  "  - { id: start-app, kind: services, host: stack, do: start, names: [backend, db, idle], within: 30s }\n";
const step = (words: string): string => `  - { id: act, kind: services, host: stack, ${words} }\n`;
const FAILS = '  - { id: fails, kind: command, effect: reads, run: ["false"], on-failure: stop }\n';

const PROGRAMS: [ComposeProgram, string][] = [
  ["docker-compose", "docker-compose"],
  ["docker compose", "docker-compose-v2"],
];

for (const [program, file] of PROGRAMS) {
  suiteFor(
    `services by ${program}`,
    [...DOCKER_PROGRAMS, file],
    () => {
      let estate: ServicesEstate;

      beforeAll(async () => {
        estate = await openServicesEstate(program, program === "docker-compose");
      });
      afterAll(() => estate.stop());
      afterEach(() => estate.compose("down", "-v", "-t", "1"));

      const up = (...names: string[]): Promise<string> => estate.compose("up", "-d", ...names);

      /** Everything the newest run has written. */
      async function written(): Promise<string> {
        const [run = ""] = await estate.runs();
        const folder = join(estate.home, "runs", run);
        const names = await readdir(folder, { recursive: true, withFileTypes: true });
        const files = names.filter((one) => one.isFile());
        return (await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), "utf8")))).join(
          "\n",
        );
      }

      test("a start after a stop starts what ran before it and nothing else, and the password shows nowhere", async () => {
        await up("db", "backend", "worker");
        const ran = await estate.runSteps(STOP + START);
        expect(ran.stdout).toMatch(/ended +DONE/);
        expect(ran.code).toBe(0);
        expect(await estate.running()).toEqual(["backend", "db", "worker"]);
        const said = await written();
        expect(said).toMatch(/running for \d+ s, healthy/);
        expect(said).toMatch(/running for \d+ s, no health check/);
        expect(said + ran.stdout).not.toContain("canary-wharf");
      });

      test("an up leaves containers that run as they are, though their settings have changed", async () => {
        await up("db");
        const before = await estate.startedAt();
        const ran = await estate.runSteps(step("do: up, names: [db, backend]"), undefined, {
          WHARF_PASSWORD: "canary-wharf-new",
        });
        expect(ran.code).toBe(0);
        expect(await estate.running()).toEqual(["backend", "db"]);
        expect((await estate.startedAt())["db"]).toBe(before["db"]);
      });

      test("an up without a variable that the compose file asks for is refused: passwords would be blank", async () => {
        await up("db");
        const yaml = await readFile(join(estate.folder, "runbooks", "wharf", "system.yaml"), "utf8");
        await estate.writeSystem(yaml.replace(/^ +env: .*\n/m, ""));
        const ran = await estate.runSteps(step("do: up, names: [db]"));
        const stopped = await estate.runSteps(step("do: restart, names: [db]"));
        await estate.writeSystem(yaml);
        expect(ran.code).toBe(11);
        expect(ran.stdout).toContain("not set: WHARF_PASSWORD");
        expect(ran.stdout).toContain("env-file");
        expect(stopped.code).toBe(0);
      });

      test("down asks for the name, keeps volumes with one, and refuses where data lies in one without", async () => {
        await up("db", "worker");
        const nobody = await estate.runSteps(step("do: down"), ["--live"]);
        expect(nobody.code).toBe(30);
        expect(await estate.running()).toEqual(["db", "worker"]);
        const ran = await estate.runSteps(step("do: down") + FAILS);
        expect(ran.code).toBe(20);
        expect(await estate.running()).toEqual([]);
        const [run = ""] = await estate.runs();
        const back = await estate.lifeboat(["undo", run, "--confirm", "stack"]);
        expect(back.stderr).toBe("");
        expect(await estate.running()).toEqual(["db", "worker"]);
        await estate.compose("down", "-v", "-t", "1");
        await up("unnamed");
        const refused = await estate.runSteps(step("do: down"));
        expect(refused.code).toBe(11);
        expect(refused.stdout).toContain("would get a new, empty volume");
        expect(await estate.running()).toEqual(["unnamed"]);
      });

      // The rest is Lifeboat's own; version 1 takes seconds for a word, so version 2 is asked.
      if (program === "docker-compose") return;

      test("a run that fails after a stop is taken back: what ran before runs again, and nothing else", async () => {
        await up("db", "worker");
        const ran = await estate.runSteps(STOP + FAILS, [
          "--live",
          "--confirm",
          "stack",
          "--on-failure",
          "undo",
        ]);
        expect(ran.code).toBe(21);
        expect(await estate.running()).toEqual(["db", "worker"]);
      });

      test("a restart is only done when it was started anew", async () => {
        await up("db", "worker");
        const before = await estate.startedAt();
        const ran = await estate.runSteps(step("do: restart, names: [db], within: 30s"));
        expect(ran.code).toBe(0);
        const now = await estate.startedAt();
        expect(now["db"]).not.toBe(before["db"]);
        expect(now["worker"]).toBe(before["worker"]);
      });

      test("a whole project is stopped and started by leaving the names away, and only what ran comes back", async () => {
        await up("db", "worker");
        const ran = await estate.runSteps(
          step("do: stop") + step("do: start").replace("id: act", "id: again"),
        );
        expect(ran.stdout).toMatch(/ended +DONE/);
        expect(await estate.running()).toEqual(["db", "worker"]);
        expect(await written()).toContain("pass: worker (running for");
      });

      test("a service that ends at once is not waited for", async () => {
        const ran = await estate.runSteps(step("do: up, names: [brief], within: 10m"));
        expect(ran.code).toBe(20);
        expect(ran.stdout).toContain("brief: it ended with exit 3, and nothing starts it again");
        expect(ran.ms).toBeLessThan(60_000);
      });

      test("a dry run asks how things are, says what it would do, and changes nothing", async () => {
        await up("db", "backend");
        const before = await estate.startedAt();
        const ran = await estate.runSteps(STOP + START + step("do: restart, names: [db]"), ["--dry-run"]);
        expect(ran.code).toBe(0);
        expect(ran.stdout).toMatch(/printed +2\/6 Stop backend, db, idle/);
        expect(ran.stdout).toContain(`${program} -f`);
        expect(await written()).toMatch(/pass: backend \(running\)/);
        expect(await estate.startedAt()).toEqual(before);
      });

      test("a drill leaves live services alone unless the runbook says otherwise", async () => {
        await up("db");
        const before = await estate.startedAt();
        const printed = await estate.runSteps(step("do: restart, names: [db]"), ["--drill"]);
        expect(printed.stdout).toContain("live only");
        expect(await estate.startedAt()).toEqual(before);
        const ran = await estate.runSteps(step("do: restart, names: [db], drill: run"), ["--drill"]);
        expect(ran.code).toBe(0);
        expect(await estate.startedAt()).not.toEqual(before);
      });

      test("a service that is never healthy is waited for, and then said to be what it is", async () => {
        await up("sick");
        const ran = await estate.runSteps(
          "  - { id: w, kind: wait, host: stack, names: [sick], within: 4s }\n",
        );
        expect(ran.code).toBe(20);
        expect(ran.stdout).toMatch(/waited [\d.]+ s for sick to run.*unhealthy/);
      });

      test("an unknown name is told before anything is stopped", async () => {
        await up("db", "backend");
        const ran = await estate.runSteps(step("do: stop, names: [backend, wroker]"));
        expect(ran.code).toBe(11);
        expect(ran.stdout).toContain('there is no service "wroker", did you mean "worker"?');
        expect(await estate.running()).toEqual(["backend", "db"]);
      });

      test("a container that was removed meanwhile is missed, not made anew without a word", async () => {
        await up("db", "backend");
        const remove = `  - { id: rm, kind: command, effect: reads, run: ["docker", "rm", "-f", "wharf-backend-1"] }\n`;
        const ran = await estate.runSteps(STOP + remove + START);
        expect(ran.code).toBe(20);
        expect(ran.stdout).toMatch(/backend/);
        expect(await estate.running()).not.toContain("backend");
      });

      test("an engine that does not answer is said, and nothing is called stopped", async () => {
        const ran = await estate.runSteps(STOP, undefined, {
          DOCKER_HOST: "unix:///tmp/nobody-listens-there.sock",
        });
        expect(ran.code).toBe(11);
        expect(ran.stdout).toContain("Cannot connect to the Docker daemon");
      });

      test("killed in the middle of a stop, resumed, and undone: exactly those that ran before run again", async () => {
        await up("db", "worker", "backend");
        const slow =
          "  - { id: pause, kind: command, effect: reads, run: [sh, -c, 'touch paused; while test ! -e go; do sleep 0.1; done'] }\n";
        await estate.writeRunbook("services", `title: S\nscenario: s\nsteps:\n${STOP}${slow}${START}`);
        const dying = estate.start(["run", "wharf", "services", "--live", "--confirm", "stack"]);
        await dying.until(/running +3\/5/);
        dying.kill("SIGKILL");
        await dying.ended;
        expect(await estate.running()).toEqual(["worker"]);
        const [run = ""] = await estate.runs();
        await estate.write("go", "");
        const resumed = await estate.lifeboat(["resume", run, "--plain"]);
        expect(resumed.stdout).toMatch(/ended +DONE/);
        expect(await estate.running()).toEqual(["backend", "db", "worker"]);
        await estate.lifeboat(["undo", run]);
        expect(await estate.running()).toEqual(["backend", "db", "worker"]);
      });
    },
    noDocker(),
  );
}

suiteFor(
  "services of the other compose",
  [...DOCKER_PROGRAMS, ...COMPOSE_PROGRAMS],
  () => {
    test("containers that version 1 made are not made anew by version 2", async () => {
      const estate = await openServicesEstate("docker-compose");
      try {
        await estate.compose("up", "-d", "db");
        const before = await estate.startedAt();
        const yaml = await readFile(join(estate.folder, "runbooks", "wharf", "system.yaml"), "utf8");
        await estate.writeSystem(yaml.replace("program: docker-compose", "program: docker compose"));
        const refused = await estate.runSteps(step("do: up, names: [db], recreate: true"));
        expect(refused.code).toBe(11);
        expect(refused.stdout).toMatch(/made by compose 1\.\d+\.\d+; here is version 2/);
        const warned = await estate.runSteps(step("do: up, names: [db]"));
        expect(warned.code).toBe(0);
        expect(await estate.startedAt()).toEqual(before);
      } finally {
        await estate.stop();
      }
    });
  },
  noDocker(),
);
