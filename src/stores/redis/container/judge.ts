import { counted, sizeInWords } from "../../../base/size.ts";
import { fail, pass, warn } from "../../../checks/results.ts";
import type { CheckResult } from "../../../step/check.ts";
import type { RedisFacts } from "../facts.ts";
import { type ContainerFacts, mountOf, mountWords } from "./inspect.ts";

interface Args {
  folder: string | null;
  memory: number;
}

/** Whether a server that is a container's own process can be stopped with it, its files moved, and started again. */
export function containerResults(
  container: ContainerFacts,
  facts: RedisFacts,
  { folder, memory }: Args,
): CheckResult[] {
  return [
    ...up(container, facts),
    ...filesOf(container, facts, folder),
    ...returns(container),
    ...(container.memory > 0 && memory > container.memory
      ? [
          fail(
            "the data fits into the container",
            `it takes about ${sizeInWords(memory)}, and the container may use ${sizeInWords(container.memory)}: the engine would end it`,
            "raise its memory limit, and make the container anew",
          ),
        ]
      : []),
    ...writers(facts),
  ];
}

function up({ name, status }: ContainerFacts, { running }: RedisFacts): CheckResult[] {
  if (status === "paused")
    return [fail("the container runs or is stopped", `${name} is paused`, `docker unpause ${name}`)];
  if (status === "running" && !running)
    return [
      fail(
        "the server answers in its container",
        `${name} runs, and nobody listens there: server and port are those inside the container`,
        "leave server and port out unless it listens elsewhere in the container (localhost:6379); or, if the server hangs, docker stop it: what is only in its memory is lost then",
      ),
    ];
  if (status === "restarting")
    return [
      warn(
        "the container runs or is stopped",
        `${name} starts again and again`,
        `docker logs ${name} says why; the restore stops it, and an undo lets it begin again`,
      ),
    ];
  return [];
}

function filesOf(
  container: ContainerFacts,
  { noSettings }: RedisFacts,
  folder: string | null,
): CheckResult[] {
  if (noSettings !== undefined || folder === null)
    return [
      fail(
        "the server tells its settings",
        `CONFIG GET was refused: ${noSettings ?? "no answer"}`,
        "let the user run CONFIG and SAVE for the restore; or stop the container yourself",
      ),
    ];
  const name = "the server's files outlive the container";
  const mount = mountOf(container, folder);
  if (mount === undefined)
    return [
      fail(
        name,
        `${folder} is the container's own layer, or a tmpfs: what is restored there dies with ${container.name}, and so does the data from before`,
        `give it a volume or a folder of the machine at ${folder}, and make the container anew`,
      ),
    ];
  if (!mount.writable)
    return [
      fail(name, `${mountWords(mount)} at ${mount.to} is read-only`, "mount it so that it can be written to"),
    ];
  return [pass(name, `${folder} is in ${mountWords(mount)}`)];
}

function returns({ name, autoRemove, restart }: ContainerFacts): CheckResult[] {
  if (autoRemove)
    return [
      fail(
        "the container can be started again",
        `${name} was made with --rm: stopping it removes it`,
        "make it anew without --rm, on the same volume",
      ),
    ];
  if (restart !== "always") return [];
  return [
    warn(
      "nobody else starts the container",
      `its restart policy is "always": should the engine itself be restarted in the middle, it comes up on files that are being exchanged`,
      "leave the engine alone meanwhile; a swap that was cut off is taken on or back all the same",
    ),
  ];
}

/** Nothing can be added to the container's start command that would keep them out from its first moment. */
function writers({ running, clients }: RedisFacts): CheckResult[] {
  if (!running || clients === 0) return [];
  return [
    warn(
      "nobody writes while it is compared",
      `${counted(clients, "client")} are connected: they may write for a moment between its start and the comparison, which is red then`,
      "stop who writes by a services step before the restore",
    ),
  ];
}
