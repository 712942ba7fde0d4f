/**
 * A stand-in for kubectl. There is no cluster: objects lie in a file, `exec` runs the words on this machine in a folder, and
 * it can be told to do what a bad connection, a moved pod or a missing right does. Started by the script that
 * ../kubectl-stand-in.ts puts on PATH.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { annotate, apply, remove, rollout as rolloutOf, rolloutRestart, scale } from "./change.ts";
import type { Rule, State } from "./cluster.ts";
import { recreatePods } from "./controllers.ts";
import { exec, target, worldOf } from "./exec.ts";
import { config, get, logs, namespaceOf } from "./look.ts";
import { withState } from "./store.ts";
import { parseWords, Said, type Words } from "./words.ts";

const folder = process.env["KUBECTL_STAND_IN"] ?? "";
const argv = process.argv.slice(2);

async function main(): Promise<number> {
  appendFileSync(join(folder, "calls.jsonl"), `${JSON.stringify(argv)}\n`);
  const words = parseWords(argv);
  const rule = await withState(folder, (state) => takeRule(state, words));
  if (rule?.hang === "before") await forever();
  if (rule?.refuse !== undefined) throw new Said(REFUSALS[rule.refuse](words));
  if (rule?.noise !== undefined) process.stdout.write(rule.noise);
  const code = words.verb === "exec" ? await runExec(words, rule) : await answer(words);
  if (rule?.hang === "after") await forever();
  return code;
}

/** The first rule for this verb, one time less; a pod that is to be another one becomes so now. */
function takeRule(state: State, { verb, flags }: Words): Rule | undefined {
  const context = flags.get("context") ?? state.current;
  if (verb !== "config" && context !== undefined && !state.contexts.includes(context))
    // kubectl has two ways to say it.
    throw new Said(
      flags.has("namespace")
        ? `error: context "${context}" does not exist`
        : `Error in configuration: context was not found for specified context: ${context}`,
    );
  const rule = state.rules.find(({ on, times }) => on === verb && times !== 0);
  if (rule?.times !== undefined) rule.times -= 1;
  if (rule?.recreate === true) recreatePods(state, Date.now());
  return rule;
}

const REFUSALS: Record<NonNullable<Rule["refuse"]>, (words: Words) => string> = {
  forbidden: (words) =>
    `Error from server (Forbidden): ${words.names[0] ?? ""} is forbidden: User "deploy" cannot ${words.verb} resource in the namespace "${namespaceOf(words)}"`,
  unreachable: () =>
    "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?",
  unauthorized: () => "error: You must be logged in to the server (Unauthorized)",
};

async function runExec(words: Words, rule: Rule | undefined): Promise<number> {
  const found = await withState(folder, (state) => {
    const to = target(state, words);
    return { to, world: worldOf(folder, state, to.pod) };
  });
  return exec(found.world, found.to, words, rule);
}

async function answer(words: Words): Promise<number> {
  const { verb } = words;
  if (verb === "rollout") return rollout(words);
  if (verb === "version") process.stdout.write("Client Version: stand-in\n");
  else if (verb === "apply") {
    const text = readFileSync(fileOf(words), "utf8");
    process.stdout.write(await withState(folder, (state) => apply(state, words, text)));
  } else {
    const does = VERBS[verb];
    if (does === undefined) throw new Said(`error: unknown command "${verb}" for the stand-in kubectl`);
    process.stdout.write(await withState(folder, (state) => does(state, words)));
  }
  return 0;
}

const VERBS: Readonly<Record<string, (state: State, words: Words) => string>> = {
  get,
  logs,
  config,
  scale,
  annotate,
  delete: remove,
};

function fileOf({ flags }: Words): string | number {
  const file = flags.get("filename");
  if (file === undefined) throw new Said("error: must specify one of -f and -k");
  return file === "-" ? 0 : file;
}

async function rollout(words: Words): Promise<number> {
  const [what = "", ...names] = words.names;
  const about = { ...words, names };
  if (what === "restart") {
    process.stdout.write(await withState(folder, (state) => rolloutRestart(state, about)));
    return 0;
  }
  if (what !== "status") throw new Said(`error: the stand-in kubectl has no rollout ${what}`);
  const seconds = /^(\d+)s$/.exec(words.flags.get("timeout") ?? "")?.[1];
  const deadline = seconds === undefined ? Infinity : performance.now() + Number(seconds) * 1000;
  let before = "";
  for (;;) {
    const { said, over } = await withState(folder, (state) => rolloutOf(state, about));
    if (said !== before) process.stdout.write(said);
    before = said;
    if (over || words.flags.get("watch") === "false") return 0;
    if (performance.now() > deadline) throw new Said("error: timed out waiting for the condition");
    await pause(50);
  }
}

function forever(): Promise<never> {
  return new Promise(() => setInterval(() => undefined, 60_000));
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof Said ? error.code : 70;
});
// A command that holds our pipes open must not hold us.
process.stdout.write("", () => process.exit());
