import { z } from "zod";
import { shellLine, shellWord } from "../../../base/quote.ts";
import type { Command } from "../../../step/command.ts";
import { askFacts } from "../ask-facts.ts";
import { type ContainerWay, outerScript } from "./way.ts";

export const containerSchema = z.object({
  id: z.string(),
  name: z.string(),
  image: z.string().describe("its id: a name may mean another image by now"),
  /** running, exited, restarting, paused, created, dead. */
  status: z.string(),
  autoRemove: z.boolean(),
  restart: z.string(),
  /** Bytes it may use; 0: no limit. */
  memory: z.number(),
  workingFolder: z.string(),
  mounts: z.array(
    z.object({
      type: z.string(),
      name: z.string(),
      source: z.string(),
      to: z.string(),
      writable: z.boolean(),
    }),
  ),
  /** Settings at the end of its command, as far as they say where its files are; asked when it cannot say so itself. */
  words: z.record(z.string(), z.string()).default({}),
});

/** What the engine says of the server's container. */
export type ContainerFacts = z.infer<typeof containerSchema>;

/** Not the whole of it: its environment and its command may hold passwords. */
const FORMAT = `{"id":{{json .Id}},"name":{{json (slice .Name 1)}},"image":{{json .Image}},"status":{{json .State.Status}},"autoRemove":{{json .HostConfig.AutoRemove}},"restart":{{json .HostConfig.RestartPolicy.Name}},"memory":{{json .HostConfig.Memory}},"workingFolder":{{json .Config.WorkingDir}},"mounts":{{json .Mounts}}}`;

/** As the engine has it; what is no volume has no name. */
const mountSchema = z
  .object({
    Type: z.string(),
    Name: z.string().default(""),
    Source: z.string(),
    Destination: z.string(),
    RW: z.boolean(),
  })
  .transform(({ Type, Name, Source, Destination, RW }) => ({
    type: Type,
    name: Name,
    source: Source,
    to: Destination,
    writable: RW,
  }));

const WORDS = /^--(dir|dbfilename|appendonly|appendfilename|appenddirname)$/;
const WORDS_AWK =
  "/^--(dir|dbfilename|appendonly|appendfilename|appenddirname)$/ { w = $0; getline; print w; print }";

/**
 * What the engine says about the container, then, when it runs, what the server in it says about itself. One that starts
 * again and again is running for moments, in which nobody listens, or a question is cut off: that is no server that runs. One
 * that has only just started gets a little time.
 */
export function askContainer(way: ContainerWay): Command {
  const { argv } = askFacts({ ...way.connection, dataFolder: undefined });
  return outerScript(
    way,
    `echo @container
docker inspect --type container --format ${shellWord(FORMAT)} "$id" || exit 1
echo @words
docker inspect --format '{{range .Args}}{{println .}}{{end}}' "$id" | awk ${shellWord(WORDS_AWK)}
ended=0
for try in 1 2 3; do
  before=$(life)
  case "$before" in running*) ;; *) echo @restarting; echo @stopped; exit ;; esac
  said=$(inside ${shellWord(shellLine(argv))})
  ended=$?
  if [ "$ended" = 0 ] && [ "\${said#@stopped}" = "$said" ]; then break; fi
  sameLife || { echo @restarting; echo @stopped; exit; }
done
[ "$ended" = 0 ] || fail "asking inside the container ended with $ended"
printf '%s\\n' "$said"`,
  );
}

/** From the sections that `askContainer` makes the shell print; undefined when nothing was said of a container. */
export function parseContainer(said: ReadonlyMap<string, readonly string[]>): ContainerFacts | undefined {
  const text = said.get("container")?.[0];
  if (text === undefined) return undefined;
  const lines = said.get("words") ?? [];
  const words: Record<string, string> = {};
  for (const [at, line] of lines.entries()) {
    const name = WORDS.exec(line)?.[1];
    const value = lines[at + 1];
    if (name !== undefined && value !== undefined) words[name] = value;
  }
  const raw = z
    .object({ mounts: z.array(mountSchema) })
    .loose()
    .parse(JSON.parse(text));
  const container = { ...containerSchema.parse(raw), words };
  // It ran when the engine was asked first, and no more right after.
  const hasEnded = said.has("restarting") && container.status === "running";
  return hasEnded ? { ...container, status: "restarting" } : container;
}

/** The mount a folder of the container lies on; undefined: the container's own layer, which dies with it. */
export const mountOf = (
  { mounts }: ContainerFacts,
  folder: string,
): ContainerFacts["mounts"][number] | undefined =>
  mounts
    .filter(
      ({ to, type }) => type !== "tmpfs" && (folder === to || folder.startsWith(`${to.replace(/\/$/, "")}/`)),
    )
    .toSorted((a, b) => b.to.length - a.to.length)[0];

/** "volume redis_data", "folder /srv/redis". */
export const mountWords = ({ type, name, source }: ContainerFacts["mounts"][number]): string =>
  type === "volume" ? `volume ${name}` : `folder ${source}`;
