import { type Action, type Manager, UNKNOWN } from "./action.ts";
import { kubernetesAction } from "./kubernetes.ts";
import { looking } from "./looking.ts";
import { optionsOf } from "./options.ts";
import { servicesOf } from "./services-of.ts";
import { readCompose, type Unwrapped } from "./unwrap.ts";

/** docker compose, docker, kubectl, systemctl, service, pm2: who is stopped, started, waited for. */
export function servicesAction(program: Unwrapped): Action | undefined {
  if (program.words.length === 0) return undefined;
  return (
    compose(program) ?? kubernetesAction(program) ?? containers(program) ?? units(program) ?? pm2(program)
  );
}

function compose({ words, places }: Unwrapped): Action | undefined {
  const said = readCompose(words);
  if (said === undefined) return undefined;
  const { words: behind, ...files } = said;
  const manager: Manager = { kind: "compose", ...files };
  const options = optionsOf(behind.slice(1), ["-t", "--timeout", "--scale", "--wait-timeout", "--tail"]);
  const verb = behind[0] ?? "";
  if (["ps", "logs", "config", "images", "top", "ls", "version"].includes(verb)) return looking(behind);
  if (verb === "down" && (options.flags.has("-v") || options.flags.has("--volumes"))) return UNKNOWN;
  return servicesOf(manager, verb, options.rest, places);
}

const LOOKS = new Set("ps logs inspect images info version stats top volume network system".split(" "));

function containers({ program, words, places }: Unwrapped): Action | undefined {
  if (program !== "docker" && program !== "podman") return undefined;
  const behind = words[1] === "container" ? words.slice(2) : words.slice(1);
  const verb = behind[0] ?? "";
  if (LOOKS.has(verb) && !/\b(?:rm|create|prune)\b/.test(behind.join(" "))) return looking(behind);
  if (!["stop", "start", "restart", "kill"].includes(verb)) return undefined;
  const { rest: names } = optionsOf(behind.slice(1), ["-t", "--time", "-s"]);
  return servicesOf({ kind: "docker" }, verb, names, places);
}

function units({ program, words, places }: Unwrapped): Action | undefined {
  if (program !== "systemctl" && program !== "service") return undefined;
  const { rest } = optionsOf(words.slice(1), []);
  const [verb = "", ...names] = program === "systemctl" ? rest : [rest[1] ?? "", rest[0] ?? ""];
  if (["status", "is-active", "list-timers", "list-units", "show", "is-enabled"].includes(verb))
    return { kind: "reads" };
  return servicesOf({ kind: "systemd" }, verb, names, places);
}

function pm2({ program, words, places }: Unwrapped): Action | undefined {
  if (program !== "pm2") return undefined;
  const { rest } = optionsOf(words.slice(1), ["--env", "--name", "-i", "--lines"]);
  const [verb = "", ...names] = rest;
  if (["list", "ls", "status", "jlist", "describe", "show"].includes(verb)) return { kind: "reads" };
  if (verb === "logs") return looking(words);
  // A file of settings is no name that pm2 knows.
  if (names.some((name) => /\.(?:c?js|json|ya?ml)$/.test(name))) return UNKNOWN;
  return servicesOf({ kind: "pm2" }, verb, names, places);
}
