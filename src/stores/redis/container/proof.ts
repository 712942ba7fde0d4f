import { shellLine, shellWord } from "../../../base/quote.ts";
import type { Check } from "../../../step/check.ts";
import type { Command } from "../../../step/command.ts";
import type { Step } from "../../../step/step.ts";
import { tokenFor } from "../../part.ts";
import { awaitCopy, COPY_FILE, copyProbe, likeLines, startCopy } from "../copy-server.ts";
import type { RestoreContext } from "../restore-context.ts";
import { preflightStep } from "../preflight-step.ts";
import { artifactStep, checkRdb, loadStep, verifyStep } from "../restore-proof.ts";
import { fedScript } from "./feed.ts";
import { askContainer } from "./inspect.ts";
import type { ContainerPlace } from "./swap-words.ts";
import { unpackLine } from "./read-back.ts";
import { closeCopy, helperName, inCopy, inImage, openCopy, outerScript } from "./way.ts";

const isCommand = (source: Check["source"]): source is Command => !("inspect" in source);

const withSources = (step: Step, sourceOf: (check: Check, source: Command) => Command): Step => ({
  ...step,
  checks: step.checks.map((check) =>
    isCommand(check.source) ? { ...check, source: sourceOf(check, check.source) } : check,
  ),
});

/** Programs, room and memory are those of the image and of the machine its container is on. */
export function containerPreflight(context: RestoreContext, { way }: ContainerPlace): Step {
  const step = preflightStep(context);
  // Who may write to its folder is told by its volumes.
  const own = step.checks.filter(({ judge }) => judge !== "exit");
  return withSources({ ...step, checks: own }, ({ judge }, source) =>
    judge === "redis.preflight" ? askContainer(way) : outerScript(way, inImage(way, source.argv)),
  );
}

export function containerArtifact(context: RestoreContext, { way }: ContainerPlace): Step {
  const check = inImage(way, ["sh", "-c", `UNPACK | {\n${checkRdb("-")}\n}`]);
  return withSources(artifactStep(context), () =>
    fedScript(way, context.source, (unpack) => check.replace("UNPACK", unpack)),
  );
}

/** Whether the container of the copy's server is there and runs. */
const copyRuns = (name: string): string =>
  `[ "$(docker inspect --format '{{.State.Running}}' ${name} 2>/dev/null)" = true ]`;

/**
 * The copy's server has a container of its own: it is not under the memory limit of the live one, and works while that one is
 * stopped. In a live run it has the same volumes: the file that was proven is the one that is put in place.
 */
export function containerLoad(context: RestoreContext, { way }: ContainerPlace): Step {
  const { copy, source, files, mode } = context;
  const name = helperName(way, "copy");
  const isLive = mode !== "drill" && files !== undefined;
  const like = isLive ? likeLines({ file: `${files.dir}/${files.file}`, folder: files.dir }) : "";
  const whole =
    source.format.wrapper === "none"
      ? `[ "$(wc -c < ${COPY_FILE})" -eq ${source.bytes} ] || { echo "it did not arrive whole" >&2; exit 1; }\n`
      : "";
  const unpack = (unpacker: string): string => unpackLine(way, copy, unpacker, `${whole}${like}`);
  const token = tokenFor(context, "unpacked");
  const probe = copyProbe(copy).argv;
  return {
    ...loadStep(context),
    gist: `redis-server of the same image on ${source.path}, in container ${name}, without a network`,
    why: "into a server of this run's own, in a container of the same image without a network; nobody uses it",
    commands: [
      openCopy(way, isLive),
      fedScript(way, source, unpack, { after: `echo ${token}`, token }),
      inCopy(way, startCopy(copy)),
      inCopy(way, awaitCopy(copy, tokenFor(context, "loaded"))),
    ],
    probe: outerScript(
      way,
      `if ${copyRuns(name)}; then docker exec ${name} ${shellLine(probe)}
${isLive ? `elif [ "$(look ${shellWord(`[ ! -e ${shellWord(copy)} ] || echo there`)})" = there ]; then echo PARTLY\n` : ""}else echo 'NOT DONE'; fi`,
    ),
    undo: {
      says: `removes the container ${name}${isLive ? ` and ${copy}` : ""}`,
      commands: [removeCopyContainer(context, way)],
      onFailure: false,
    },
    after: `the backup is loaded in a server of its own, in container ${name}`,
  };
}

export function removeCopyContainer(
  { copy, mode }: RestoreContext,
  way: ContainerPlace["way"],
  token?: string,
): Command {
  const folder = mode === "drill" ? "" : `door ${shellWord(`rm -rf ${shellWord(copy)}`)} || exit 1\n`;
  return outerScript(
    way,
    `${closeCopy(way)}
${folder}${token === undefined ? ":" : `echo ${token}`}`,
    token === undefined ? {} : { token },
  );
}

export const containerVerify = (context: RestoreContext, { way }: ContainerPlace): Step =>
  withSources(verifyStep(context), (_, source) => inCopy(way, source));
