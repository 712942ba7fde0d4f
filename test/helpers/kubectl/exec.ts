/** exec: the words run on this machine, in the folder that is the pod's world. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { findObject, type KubeObject, listObjects, type Rule, type State } from "./cluster.ts";
import { isReady, podsOf } from "./controllers.ts";
import { kindOf, named, namespaceOf, notFound } from "./look.ts";
import { Said, type Words } from "./words.ts";

/**
 * What the container's runtime is to the command: it takes all of its output for as long as it lives, whoever listens. The
 * client may be killed, the command goes on and never gets a SIGPIPE.
 */
const RUNTIME = '{ "$@" 4>&-; echo "$?" >&4; } 4>"$STATUS" | { cat; cat >/dev/null; }';

export interface Target {
  pod: KubeObject;
  container: string;
  env: Record<string, string>;
}

/** Which pod and container the words mean; `deployment/x` is one of its pods, as in kubectl. */
export function target(state: State, words: Words): Target {
  const [word = ""] = words.names;
  const namespace = namespaceOf(words);
  const pod = word.includes("/")
    ? named(state, { ...words, names: [word] }).flatMap((one) =>
        one.kind === "Pod" ? [one] : podsOf(state, one),
      )[0]
    : findObject(state, kindOf("pod"), namespace, word);
  if (pod === undefined) throw new Said(notFound(kindOf("pod"), word));
  const containers = containersOf(pod);
  const wanted = words.flags.get("container");
  const container = wanted === undefined ? containers[0] : containers.find(({ name }) => name === wanted);
  if (container === undefined)
    throw new Said(`Error from server (BadRequest): container ${wanted ?? ""} is not valid for pod ${word}`);
  if (!isReady(pod))
    throw new Said(`error: unable to upgrade connection: container not found ("${container.name}")`);
  if (wanted === undefined && containers.length > 1)
    process.stderr.write(
      `Defaulted container "${container.name}" out of: ${containers.map(({ name }) => name).join(", ")}\n`,
    );
  const marks = {
    HOSTNAME: pod.metadata.name,
    KUBERNETES_SERVICE_HOST: "10.96.0.1",
    KUBERNETES_SERVICE_PORT: "443",
  };
  const own = (container.env ?? []).map(({ name, value }) => [name, value]);
  return { pod, container: container.name, env: { ...marks, ...Object.fromEntries(own) } };
}

const containersSchema = z.array(
  z.looseObject({
    name: z.string(),
    env: z.array(z.looseObject({ name: z.string(), value: z.string() })).optional(),
  }),
);
const containersOf = ({ spec }: KubeObject): z.infer<typeof containersSchema> =>
  containersSchema.parse(spec["containers"]);

/** The folder of a pod: of its name for a StatefulSet's and a pod of nobody's, of the Deployment for the Deployment's. */
export function worldOf(folder: string, state: State, pod: KubeObject): string {
  const deployment = listObjects(state, kindOf("deployment"), pod.metadata.namespace).find((one) =>
    podsOf(state, one).includes(pod),
  );
  const world = join(
    folder,
    "worlds",
    pod.metadata.namespace ?? "default",
    (deployment ?? pod).metadata.name,
  );
  mkdirSync(world, { recursive: true });
  return world;
}

/** Runs the words; gives kubectl's exit code. */
export async function exec(
  world: string,
  { env }: Target,
  words: Words,
  rule: Rule | undefined,
): Promise<number> {
  const argv = words.argv ?? [];
  if (argv.length === 0) throw new Said("error: you must specify at least one command for the container");
  const status = join(mkdtempSync(join(world, "..", ".exec-")), "status");
  const child = spawn("sh", ["-c", RUNTIME, "sh", ...argv], {
    cwd: world,
    detached: true,
    env: { PATH: process.env["PATH"] ?? "", HOME: world, STATUS: status, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  feed(child, words.flags.has("stdin"), rule?.noEof === true);
  const cut = await pass(child, rule);
  if (cut) {
    if (rule?.says !== undefined) process.stderr.write(`${rule.says}\n`);
    return 0;
  }
  const code = Number(readFileSync(status, "utf8").trim());
  if (code !== 0) process.stderr.write(`command terminated with exit code ${code}\n`);
  return code;
}

/** Our standard input to the command's. It is gone with us, also when we are killed. */
function feed(child: ChildProcess, attached: boolean, noEof: boolean): void {
  child.stdin?.on("error", () => undefined);
  if (!attached) child.stdin?.end();
  else if (child.stdin !== null) process.stdin.pipe(child.stdin, { end: !noEof });
}

/** The command's standard output to ours, with what the rule does to it; true when it was cut off. */
async function pass(child: ChildProcess, rule: Rule | undefined): Promise<boolean> {
  let sent = 0;
  let held = Buffer.alloc(0);
  for await (const chunk of child.stdout ?? []) {
    let data = Buffer.concat([held, Buffer.from(chunk)]);
    const keep = Math.min(rule?.loseTail ?? 0, data.length);
    held = data.subarray(data.length - keep);
    data = data.subarray(0, data.length - keep);
    if (rule?.cutAfter !== undefined && sent + data.length >= rule.cutAfter) {
      await written(data.subarray(0, rule.cutAfter - sent));
      return true;
    }
    sent += data.length;
    await written(
      rule?.cr === true ? Buffer.from(data.toString("latin1").replaceAll("\n", "\r\n"), "latin1") : data,
    );
  }
  return false;
}

const written = (data: Buffer): Promise<void> =>
  new Promise((done) => void process.stdout.write(data, () => done()));
