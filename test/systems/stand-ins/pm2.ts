/**
 * A stand-in for pm2, which keeps what it started in a folder and has no daemon that starts it anew. It starts and ends real
 * processes, from a real ecosystem file, and speaks as much of pm2 as people type:
 *
 * node pm2.ts <folder> <owner> start <file> [--env <name>] [--only a,b] · start|stop|restart|delete <name>… · jlist
 *
 * What it has started ends with the process <owner>, a test's.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { isRunning } from "../../helpers/is-running.ts";

interface App {
  name: string;
  script: string;
  env: Record<string, string>;
  folder: string;
  pid: number;
  at: number;
}

const [folder = "", owner = "", verb = "", ...words] = process.argv.slice(2);
const fileOf = (name: string): string => join(folder, `${name}.json`);
const read = (name: string): App => JSON.parse(readFileSync(fileOf(name), "utf8"));
const names = (): string[] => readdirSync(folder).flatMap((file) => /^(.*)\.json$/.exec(file)?.[1] ?? []);

const RUNS = `"$@" & app=$!
trap 'kill $app; wait $app; exit' TERM
while kill -0 $app && kill -0 $OWNER; do sleep 0.5; done 2>/dev/null
kill $app 2>/dev/null; wait $app`;

async function start(app: App): Promise<void> {
  if (await isRunning(app.pid)) return;
  const log = openSync(join(folder, `${app.name}.log`), "a");
  const child = spawn("sh", ["-c", RUNS, "sh", process.execPath, app.script], {
    cwd: app.folder,
    env: { ...process.env, ...app.env, OWNER: owner },
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.unref();
  writeFileSync(fileOf(app.name), JSON.stringify({ ...app, pid: child.pid, at: Date.now() }));
}

async function stop(name: string): Promise<void> {
  const { pid } = read(name);
  if (!(await isRunning(pid))) return;
  process.kill(pid, "SIGTERM");
  while (await isRunning(pid)) await new Promise((again) => setTimeout(again, 20));
}

/** The apps of an ecosystem file, with what it says for this environment. */
function appsOf(file: string, environment: string, only: string | undefined): App[] {
  const { apps }: { apps: (App & Record<string, Record<string, string>>)[] } = createRequire(import.meta.url)(
    resolve(file),
  );
  return apps
    .filter(({ name }) => only === undefined || only.split(",").includes(name))
    .map((app) => ({
      name: app.name,
      script: app.script,
      env: { ...app.env, ...app[`env_${environment}`] },
      folder: dirname(resolve(file)),
      pid: 0,
      at: 0,
    }));
}

const flag = (name: string): string | undefined =>
  words.includes(name) ? words[words.indexOf(name) + 1] : undefined;

function known(name: string): string {
  if (existsSync(fileOf(name))) return name;
  console.error(`[PM2][ERROR] Process or Namespace ${name} not found`);
  process.exit(1);
}

mkdirSync(folder, { recursive: true });
if (verb === "jlist") {
  const list = names().map(async (name) => {
    const { pid, at } = read(name);
    const status = (await isRunning(pid)) ? "online" : "stopped";
    return { name, pid, pm2_env: { status, pm_uptime: at, unstable_restarts: 0 } };
  });
  console.log(JSON.stringify(await Promise.all(list)));
} else if (verb === "start" && words[0]?.endsWith(".js") === true) {
  for (const app of appsOf(words[0], flag("--env") ?? "", flag("--only"))) await start(app);
} else if (["start", "stop", "restart", "delete"].includes(verb)) {
  for (const name of words.includes("all") ? names() : words.map(known)) {
    if (verb !== "start") await stop(name);
    if (verb === "delete") rmSync(fileOf(name));
    else if (verb !== "stop") await start(read(name));
  }
} else {
  console.error(`this stand-in for pm2 does not know ${verb}`);
  process.exit(2);
}
