import { z } from "zod";
import { sizeInWords } from "../../base/size.ts";
import { nearest } from "../../base/suggest.ts";
import { fail, pass, warn } from "../../checks/results.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { type Consumer, parseFacts, usersOf, type VolumeFacts } from "./facts.ts";

const argsSchema = z.object({
  volume: z.string(),
  image: z.string(),
  /** Whether this mode will touch the live volume. */
  live: z.boolean(),
  /** The folders change places; otherwise the content is copied. */
  swaps: z.boolean(),
});
type Args = z.infer<typeof argsSchema>;

function volumeResult({ volume, volumes }: VolumeFacts, args: Args): CheckResult {
  const name = "the volume";
  if (volume !== null) {
    const how = args.swaps
      ? "its content changes places with the restored one"
      : "it is no plain folder of the engine, so its content is copied";
    return pass(name, `${volume.Driver}, ${args.live ? how : "not touched"}`);
  }
  const near = nearest(
    args.volume,
    volumes.filter((one) => one !== args.volume),
  );
  const perhaps = near === undefined ? "" : `; did you mean ${near}?`;
  return warn(
    name,
    `there is no volume ${args.volume} on this engine: it would be made, and nothing is there to keep${perhaps}`,
    "if it should be there, correct volume in system.yaml (docker volume ls); if it is lost: none, the restore makes it",
  );
}

function userResults(users: readonly Consumer[], args: Args): CheckResult[] {
  const bad = args.live ? fail : warn;
  const results: CheckResult[] = [];
  for (const { name, autoRemove, status } of users) {
    if (autoRemove)
      results.push(
        bad(
          `${name} can be started again`,
          `${name} uses the volume and was started with --rm: once stopped it is gone`,
          `stop it yourself, and start it again after the restore: docker stop ${name}`,
        ),
      );
    if (status === "paused")
      results.push(
        bad(
          `${name} is not paused`,
          `${name} is paused: it would come back running`,
          `docker unpause ${name}, or stop it`,
        ),
      );
    if (status === "restarting")
      results.push(
        warn(
          `${name} runs`,
          `${name} restarts again and again`,
          `look at docker logs ${name}; perhaps it cannot work with the present content`,
        ),
      );
  }
  const names = users.map(({ name, restart }) => (restart === "always" ? `${name} (restarts always)` : name));
  const what = args.live ? "stopped for the swap, then started again" : "not touched";
  return [
    ...results,
    pass("containers that use it", users.length === 0 ? "none that runs" : `${names.join(", ")}: ${what}`),
  ];
}

/** Containers that reach the volume's folder by its path, which docker does not count among its users. */
function boundResults({ volume, running }: VolumeFacts, args: Args): CheckResult[] {
  if (volume === null) return [];
  const inside = `${volume.Mountpoint}/`;
  return running.flatMap(({ name, mounts }) =>
    mounts.flatMap(({ type, source }) => {
      const path = `${source.replace(/\/$/, "")}/`;
      if (type !== "bind" || !(path.startsWith(inside) || inside.startsWith(path))) return [];
      const isWithin = path.startsWith(inside);
      return [
        (isWithin && args.live ? fail : warn)(
          `${name} reaches the volume by its folder`,
          `${name} has ${source} mounted: it is not among the volume's users, and is not stopped`,
          isWithin
            ? `docker stop ${name} before, and start it afterwards`
            : "none, if it only reads (a backup agent)",
        ),
      ];
    }),
  );
}

/** Everything knowable from what the engine says, all at once, each with its fix. */
export const judgePreflight: Judge = (evidence, rawArgs) => {
  const args = argsSchema.parse(rawArgs);
  const facts = parseFacts(evidence.stdout);
  const { engine, image, volumes } = facts;
  const leftovers = volumes.filter(
    (name) => /__(restore|before|drill)_\w+$/.test(name) && name.startsWith(`${args.volume}__`),
  );
  return [
    pass("the engine answers", `Docker ${engine.version} on ${engine.name}, data in ${engine.root}`),
    volumeResult(facts, args),
    image === null
      ? fail(
          `the image ${args.image} is there`,
          `the engine does not have the image ${args.image}, which looks into the volume`,
          `docker pull ${args.image}; without a registry: docker load, or set image in system.yaml to one of: docker image ls`,
        )
      : pass(`the image ${args.image} is there`, image.replace(/^sha256:/, "").slice(0, 12)),
    ...userResults(usersOf(facts), args),
    ...boundResults(facts, args),
    ...(leftovers.length > 0
      ? [
          warn(
            "leftovers of earlier runs",
            leftovers.join(", "),
            "when nobody needs them: lifeboat cleanup <run>",
          ),
        ]
      : []),
  ];
};

const lookArgs = z.object({ needed: z.number(), image: z.string(), renames: z.boolean() });

/** What a container of the image has seen (look.ts). */
export const judgeLook: Judge = (evidence, rawArgs) => {
  const { needed, image, renames } = lookArgs.parse(rawArgs);
  const lines = evidence.stdout.split("\n");
  const said = (word: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  const lacks = said("lacks");
  const [df = ""] = said("df");
  const columns = df.split(/\s+/);
  const free = Number(columns[3]) * 1024;
  const expected = `about ${sizeInWords(needed)}`;
  const room: CheckResult = {
    name: "free disk for the copy",
    level: "other",
    result: "pass",
    expected,
    found: sizeInWords(free),
  };
  const [folders] = said("folders");
  const [seen, moved] = (folders ?? "").split(" ");
  return [
    lacks.length > 0
      ? fail(
          `${image} has all that is needed`,
          `it lacks ${lacks.join(", ")}`,
          "set image in system.yaml to one that has busybox or GNU programs, e.g. busybox:stable",
        )
      : pass(`${image} has all that is needed`, said("tar")[0] || "tar"),
    !Number.isFinite(free)
      ? { ...room, result: "not checked", why: "df gave no number" }
      : free > needed
        ? room
        : {
            ...room,
            result: "fail",
            why: "the engine's disk would fill up",
            fix: `free ${sizeInWords(needed - free)} where the engine keeps its volumes (docker system df)`,
          },
    ...(renames
      ? [
          seen !== undefined && seen !== "" && seen === moved
            ? pass("the volume's folder can be moved", "docker and the engine's disk show the same folder")
            : fail(
                "the volume's folder can be moved",
                `docker shows another folder for it than the engine's disk (${folders ?? "nothing"})`,
                "use --strategy replace: the content is copied then",
              ),
        ]
      : []),
  ];
};

const userSchema = z.object({ name: z.string(), status: z.string(), health: z.string() });

/** A line of JSON for each container that was stopped and started. */
export const judgeUsers: Judge = (evidence) => {
  const users = evidence.stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => userSchema.parse(JSON.parse(line)));
  if (users.length === 0) return [pass("containers that use it", "none was stopped")];
  return users.map(({ name, status, health }): CheckResult => {
    const found = health === "" ? status : `${status}, ${health}`;
    if (status === "running" && health !== "unhealthy") return pass(`${name} runs again`, found);
    return {
      ...fail(`${name} runs again`, `${name} is ${found}`, `look at docker logs ${name}`),
      found,
      expected: "running",
    };
  });
};
