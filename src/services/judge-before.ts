import { z } from "zod";
import { didYouMean } from "../base/suggest.ts";
import { MANAGER_NAMES } from "../runbook/services-schema.ts";
import type { CheckResult, Judge } from "../step/check.ts";
import { VERBS } from "./manager.ts";
import { readSaid, type Said } from "./unit.ts";

export const beforeArgs = z.strictObject({
  manager: z.enum(MANAGER_NAMES),
  verb: z.enum(VERBS),
  names: z.array(z.string()),
  recreate: z.boolean(),
  /** The names have to be known before: not where the step itself brings them. */
  mustBeKnown: z.boolean(),
  /** Of a compose project. */
  files: z.array(z.string()).default([]),
});
type Args = z.infer<typeof beforeArgs>;

const UNSET = /"?\\?"?(\w+)\\?"? variable is not set/;

const entry = (name: string, rest: Omit<CheckResult, "name" | "level">): CheckResult => ({
  name,
  level: "other",
  ...rest,
});

/** args: see `beforeArgs`. Reads what `beforeCommand` printed: what may not be so before a services step. */
export const judgeBefore: Judge = (evidence, raw) => {
  const args = beforeArgs.parse(raw);
  const said = readSaid(evidence.stdout);
  return [
    ...said.refuse.map((why) => entry("may be done", { result: "fail", why })),
    ...said.unsure.map((why) => entry("may be done", { result: "not checked", why: `not known ${why}` })),
    ...names(said, args),
    ...otherProject(said, args),
    ...unsetVariables(said, args),
    ...unnamedVolumes(said, args),
    ...otherVersion(evidence.stdout, said, args),
  ];
};

/** Names that containers may be made or removed under. */
const makesAnew = ({ verb }: Args): boolean => verb === "up" || verb === "down";

function names(said: Said, args: Args): CheckResult[] {
  const known = [...new Set([...said.known, ...said.now.map(({ name }) => name)])];
  const meant = args.names.length > 0 ? args.names : known;
  return meant.map((name) => {
    const units = said.now.filter((unit) => unit.name === name);
    if (units.length === 0 && args.mustBeKnown && !known.includes(name))
      return entry(name, {
        result: "fail",
        found: "not known",
        why: `there is no service "${name}"${didYouMean(name, known)}`,
        fix: `correct the name in the runbook; known are: ${known.join(", ")}`,
      });
    const found = units.map((unit) => (unit.isUp ? unit.state : `down (${unit.state})`)).join(", ");
    return entry(name, { result: "pass", found: found === "" ? "not there" : found });
  });
}

/**
 * A project of a mistaken name has no containers, and a stop of them all is done at once, while those that are meant run on.
 * Made from the same file they are hardly anything else.
 */
function otherProject(said: Said, args: Args): CheckResult[] {
  if (said.now.length > 0 || args.verb === "up" || args.verb === "wait") return [];
  const meant = args.names.length > 0 ? args.names : said.known;
  const others = said.runs
    .map((line) => line.split(" "))
    .filter(([, service = ""]) => meant.includes(service))
    .map(([project = "", , ...files]) => ({ project, isSame: files.join(" ") === args.files.join(",") }));
  if (others.length === 0) return [];
  const isSame = others.some((other) => other.isSame);
  const projects = [...new Set(others.map(({ project }) => project))].join(", ");
  return [
    entry("the project has containers", {
      result: isSame ? "fail" : "warning",
      found: `none; services of these names run in project ${projects}${isSame ? ", made from the same file" : ""}`,
      why: "nothing of a project without containers can be stopped or started: what is meant would run on",
      fix: `if project ${projects} is the one, say so: project on the host in system.yaml; see: docker compose ls`,
    }),
  ];
}

function unsetVariables(said: Said, args: Args): CheckResult[] {
  const unset = [...new Set(said.says.flatMap((line) => UNSET.exec(line)?.[1] ?? []))];
  if (said.known.length === 0 || (unset.length === 0 && !makesAnew(args))) return [];
  const name = "the compose file's variables are set";
  if (unset.length === 0) return [entry(name, { result: "pass" })];
  return [
    entry(name, {
      // Starting and stopping containers that are there changes nothing of theirs.
      result: makesAnew(args) ? "fail" : "warning",
      found: `not set: ${unset.join(", ")}`,
      why: "compose puts nothing in their place: containers would be made with empty passwords",
      fix: "give them in the host's env or env-file in system.yaml",
    }),
  ];
}

function unnamedVolumes(said: Said, args: Args): CheckResult[] {
  if (args.verb !== "down" && !args.recreate) return [];
  const lose = said.now.filter(({ more }) => (more["unnamed"] ?? "") !== "");
  const name = "no container keeps data in a volume without a name";
  if (lose.length === 0) return [entry(name, { result: "pass" })];
  return [
    entry(name, {
      result: "fail",
      found: [...new Set(lose.map((unit) => unit.name))].join(", "),
      why: "a new container would get a new, empty volume",
      fix: "give the volume a name in the compose file, or use do: stop",
    }),
  ];
}

/** v1 and v2 write other labels and names, so one makes anew what the other has made. */
function otherVersion(stdout: string, said: Said, args: Args): CheckResult[] {
  const program = /^program v?(\d+)/m.exec(stdout)?.[1];
  const makers = said.now.flatMap(({ more }) => (more["made"] === undefined ? [] : [more["made"]]));
  const others = [...new Set(makers.filter((made) => made.split(".")[0] !== program))];
  if (program === undefined || others.length === 0) return [];
  const removes = args.recreate || args.verb === "down";
  return [
    entry("containers were made by this compose", {
      result: removes ? "fail" : "warning",
      found: `made by compose ${others.join(", ")}; here is version ${program}`,
      why: "versions 1 and 2 of compose do not take each other's containers for their own: they are made anew",
      fix: "say which one the project is run with: program: docker-compose (1) or docker compose (2) on the host",
    }),
  ];
}
