import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Ran } from "../helpers/lifeboat.ts";
import { openOperator, type Operator } from "../helpers/operator.ts";
import { PM2, SYSTEMCTL } from "./stand-ins.ts";

// Many programs are started one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const SYSTEM = `title: Vizora
environment: test
stores:
  database: { kind: postgres, database: vizora }
`;
const FAILS = '  - { id: fails, kind: command, effect: reads, run: ["false"], on-failure: stop }\n';

let operator: Operator;
let units: string;
let apps: string;

beforeAll(async () => {
  const folder = await mkdtemp("/tmp/lifeboat-machine-services-");
  const bin = join(folder, "bin");
  [units, apps] = [join(folder, "units"), join(folder, "apps")];
  for (const made of [bin, units, apps]) await mkdir(made);
  for (const [name, script] of Object.entries({ systemctl: SYSTEMCTL, pm2: PM2 })) {
    // The launcher gives children no variables of its own choosing: where they keep their units is in them.
    const text = script.replaceAll("$SYSTEMD_STAND_IN", units).replaceAll("$PM2_STAND_IN", apps);
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
  operator = await openOperator({
    folder,
    system: "vizora",
    files: { system: SYSTEM },
    backups: "VIZORA_BACKUPS",
    env: {},
    end: async () => undefined,
  });
  operator.env["PATH"] = `${bin}:${operator.env["PATH"]}`;
});
afterAll(() => operator.stop());

async function put(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), `${text}\n`);
}

async function states(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => !/calls|fails|config|denies/.test(name));
  const all = names.map(async (name) => [name, (await readFile(join(folder, name), "utf8")).trim()]);
  return Object.fromEntries(await Promise.all(all));
}

const calls = async (folder: string): Promise<string[]> =>
  (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");

async function runSteps(steps: string, args: readonly string[] = []): Promise<Ran> {
  await operator.writeRunbook("services", `title: S\nscenario: s\nsteps:\n${steps}`);
  return operator.lifeboat(["run", "vizora", "services", "--live", "--confirm", "local", ...args]);
}
const systemd = (words: string, id = "act"): string =>
  `  - { id: ${id}, kind: services, manager: systemd, within: 10s, ${words} }\n`;
const pm2 = (words: string, id = "act"): string =>
  `  - { id: ${id}, kind: services, manager: pm2, within: 10s, ${words} }\n`;

beforeEach(async () => {
  await put(units, { "app.service": "active 1", worker: "inactive 4", web: "active 7", calls: "" });
  await put(apps, {
    "middleware.app": "online 1",
    "realtime.app": "stopped 2",
    "other.app": "online 5",
    "apps.config": "middleware realtime",
    calls: "",
  });
});

test("a stand-in for systemctl: a start after a stop starts the units that were active, and no others", async () => {
  const names = "names: [app.service, worker, web]";
  const ran = await runSteps(systemd(`do: stop, ${names}`, "stop") + systemd(`do: start, ${names}`, "start"));
  expect(ran.stdout).toMatch(/ended +DONE/);
  expect(await states(units)).toEqual({ "app.service": "active 2", worker: "inactive 4", web: "active 8" });
  expect((await calls(units)).filter((line) => line.startsWith("start"))).toEqual([
    "start -- app.service web",
  ]);
});

test("a stand-in for systemctl: what a failed run left down is told by the next, which does not call it started", async () => {
  const names = "names: [app.service, web]";
  const stop = systemd(`do: stop, ${names}`, "stop");
  const start = systemd(`do: start, ${names}`, "start");
  expect((await runSteps(stop + FAILS + start)).code).toBe(20);
  const again = await runSteps(stop + start);
  expect(again.stdout).toMatch(/run \S+ left app\.service, web: stopped;.*lifeboat undo/);
  expect(again.stdout).toMatch(/warning .*none of them ran before they were stopped: none was started/);
  expect(again.stdout).not.toContain("app.service, web: started");
  expect(await states(units)).toMatchObject({ web: expect.stringMatching(/^inactive/) });
  const third = await runSteps(stop + start);
  expect(third.stdout).not.toContain("left app.service");
});

test("a stand-in for systemctl: a stop is taken back as it was", async () => {
  const ran = await runSteps(systemd("do: stop, names: [web, worker]") + FAILS, ["--on-failure", "undo"]);
  expect(ran.code).toBe(21);
  expect(await states(units)).toEqual({ "app.service": "active 1", worker: "inactive 4", web: "active 8" });
});

test("a stand-in for systemctl: a unit that fails is not waited for", async () => {
  await put(units, { "web.fails": "" });
  const ran = await runSteps(systemd("do: restart, names: [web]").replace("10s", "10m"));
  await rm(join(units, "web.fails"));
  expect(ran.code).toBe(20);
  expect(ran.stdout).toContain("systemd has given it up");
  expect(ran.stdout).toContain("journalctl -n 50 -u web");
});

test("a stand-in for systemctl: a unit that is not there is told before any other is stopped", async () => {
  const ran = await runSteps(systemd("do: stop, names: [web, wbe]"));
  expect(ran.code).toBe(11);
  expect(ran.stdout).toContain("there is no unit wbe");
  expect((await states(units))["web"]).toMatch(/^active/);
});

test("a stand-in for systemctl: a stop that is not allowed is said, and nothing is called stopped", async () => {
  await put(units, { denies: "" });
  const ran = await runSteps(systemd("do: stop, names: [web]"));
  await rm(join(units, "denies"));
  expect(ran.code).toBe(20);
  expect(ran.stdout).toContain("Access denied");
  expect((await states(units))["web"]).toBe("active 7");
});

test("a stand-in for pm2: the ecosystem file starts only what ran before, past the banners of pm2", async () => {
  const names = "names: [middleware, realtime]";
  const ran = await runSteps(
    pm2(`do: stop, ${names}`, "stop") +
      pm2(`do: start, ${names}, file: /srv/ecosystem.config.js, environment: production`, "start"),
  );
  expect(ran.stdout).toMatch(/ended +DONE/);
  expect(await states(apps)).toMatchObject({ "middleware.app": "online 2", "realtime.app": "stopped 2" });
  expect(await calls(apps)).toContain("start /srv/ecosystem.config.js --env production --only middleware");
});

test("a stand-in for pm2: on a new machine the ecosystem file brings what pm2 does not know yet", async () => {
  await put(apps, { "apps.config": "fresh" });
  const ran = await runSteps(pm2("do: start, names: [fresh], file: /srv/ecosystem.config.js"));
  expect(ran.code).toBe(0);
  expect((await states(apps))["fresh.app"]).toBe("online 1");
});

test("a stand-in for pm2: an unknown name is told with the one that was meant", async () => {
  const ran = await runSteps(pm2("do: restart, names: [midleware]"));
  expect(ran.code).toBe(11);
  expect(ran.stdout).toContain('did you mean "middleware"?');
});
