import type { Action } from "./action.ts";
import { optionsOf, valueOf } from "./options.ts";
import type { Unwrapped } from "./unwrap.ts";

const RUN_VALUES = [
  "-v",
  "--volume",
  "--mount",
  "--name",
  "-w",
  "--workdir",
  "-e",
  "--env",
  "-u",
  "--user",
  "--network",
  "--entrypoint",
  "--volumes-from",
  "--env-file",
];

/** A helper container that packs or unpacks a volume; `docker volume create|rm`. */
export function volumeAction(program: Unwrapped, piped: string | undefined): Action | undefined {
  const { program: name, words } = program;
  if (name !== "docker" && name !== "podman") return undefined;
  if (words[1] === "volume" && ["create", "rm"].includes(words[2] ?? ""))
    return { kind: "part", of: "volume", does: `${words[2] === "rm" ? "removes" : "makes"} the volume` };
  if (words[1] !== "run") return undefined;
  const options = optionsOf(words.slice(2), RUN_VALUES, { stopAtRest: true });
  const mounts = (valueOf(options, "-v", "--volume") ?? "").split("\n").map((mount) => mount.split(":"));
  const subject = mounts.find(([from = ""]) => /^[A-Za-z0-9][\w.-]+$/.test(from))?.[0];
  const command = options.rest.slice(1).join(" ");
  if (subject === undefined || !/\btar\b/.test(command)) return undefined;
  const archive = /[^\s'"]+\.(?:tar(?:\.\w+)?|tgz)\b/.exec(command)?.[0];
  const file = archive === undefined ? (program.input ?? piped) : inMount(archive, mounts);
  const store = { kind: "volume" as const, subject };
  const given = file === undefined ? {} : { file };
  if (/\btar\s+-?\w*x/.test(command)) return { kind: "restore", store: { ...store, ...given } };
  return /\btar\s+-?\w*c/.test(command) ? { kind: "backup", store, ...given } : undefined;
}

/** /backup/x.tar.gz in the container as the path outside. */
function inMount(path: string, mounts: readonly string[][]): string {
  const mount = mounts.find(([, inside]) => inside !== undefined && path.startsWith(`${inside}/`));
  if (mount === undefined) return path;
  return `${(mount[0] ?? "").replace(/^\$\(pwd\)|^\$\{?PWD\}?/, ".")}${path.slice((mount[1] ?? "").length)}`;
}
