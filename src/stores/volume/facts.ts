import { z } from "zod";
import { count } from "../../base/size.ts";
import type { Identity } from "../../step/identity.ts";

const engineSchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  root: z.string(),
});

const volumeSchema = z.object({
  Name: z.string(),
  Driver: z.string(),
  Mountpoint: z.string(),
  Options: z.record(z.string(), z.string()).nullable(),
  Labels: z.record(z.string(), z.string()).nullable(),
});

const consumerSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  autoRemove: z.boolean(),
  restart: z.string(),
  helper: z.string().nullable().describe("the run whose helper it is"),
});

const boundSchema = z.object({
  name: z.string(),
  mounts: z.array(z.object({ type: z.string(), source: z.string() })),
});

export const factsSchema = z.object({
  engine: engineSchema,
  volume: volumeSchema.nullable(),
  /** Every container that has the volume, running or not. */
  consumers: z.array(consumerSchema),
  /** What every running container has mounted. */
  running: z.array(boundSchema),
  image: z.string().nullable(),
  /** All volumes of the engine. */
  volumes: z.array(z.string()),
});
export type VolumeFacts = z.infer<typeof factsSchema>;
export type Consumer = z.infer<typeof consumerSchema>;

/** From the sections that `askFacts` makes the shell print: a word, a tab, and JSON or a name. */
export function parseFacts(stdout: string): VolumeFacts {
  const of = (section: string): string[] =>
    stdout
      .split("\n")
      .flatMap((line) => (line.startsWith(`${section}\t`) ? [line.slice(section.length + 1)] : []));
  const json = (section: string): unknown[] => of(section).map((text): unknown => JSON.parse(text));
  return factsSchema.parse({
    engine: json("engine")[0],
    volume: json("volume")[0] ?? null,
    consumers: json("consumer"),
    running: json("running"),
    image: json("image")[0] ?? null,
    volumes: of("name"),
  });
}

/** The engine's id alone would not do: all engines of one machine share a key, and so their id. */
export function identityOf({ engine }: VolumeFacts): Identity {
  return { engine: engine.id, host: engine.name, dataRoot: engine.root };
}

/** Containers that have to be stopped: they run, or will again in a moment. */
export function usersOf({ consumers }: VolumeFacts): Consumer[] {
  return consumers.filter(
    ({ status, helper }) => (helper ?? "") === "" && ["running", "restarting", "paused"].includes(status),
  );
}

/** A local volume without options is a plain folder, which can be given another place in an instant. */
export function isPlain({ engine, volume }: VolumeFacts): boolean {
  if (volume === null) return true;
  const hasOptions = Object.keys(volume.Options ?? {}).length > 0;
  return (
    volume.Driver === "local" &&
    !hasOptions &&
    volume.Mountpoint === `${engine.root.replace(/\/$/, "")}/volumes/${volume.Name}/_data`
  );
}

/** "Docker 20.10.24 on db1, local volume, used by 2 running containers (web, worker)". */
export function describeFacts(facts: VolumeFacts): string {
  const { engine, volume } = facts;
  const where = `Docker ${engine.version} on ${engine.name}`;
  if (volume === null) return `${where}, there is no such volume`;
  const users = usersOf(facts).map(({ name }) => name);
  const used =
    users.length === 0
      ? "no running container uses it"
      : `used by ${count(users.length)} running ${users.length === 1 ? "container" : "containers"} (${users.join(", ")})`;
  return `${where}, ${volume.Driver} volume, ${used}`;
}
