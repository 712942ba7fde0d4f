import { shellWord } from "../../../base/quote.ts";
import type { ArtifactFormat } from "../../../catalog/backup.ts";
import type { Command } from "../../../step/command.ts";
import { awaitCopy, COPY_FILE, startCopy } from "../copy-server.ts";
import { fedScript } from "./feed.ts";
import { type ContainerWay, helperName, inCopy, openCopy } from "./way.ts";

const FOLDER = "/lifeboat-copy";

/** The line that takes a backup into the copy's folder, in the container of the copy's server. */
export const unpackLine = (way: ContainerWay, folder: string, unpacker: string, then: string): string =>
  `docker exec -i ${helperName(way, "copy")} sh -c ${shellWord(`mkdir -p -m 700 ${shellWord(folder)} && cd ${shellWord(folder)} && ${unpacker} > ${COPY_FILE} || exit 1
${then}`)}`;

/** A backup loaded by a server of the same image, that sees nothing of the live one; then what `listed` asks it. */
export function containerCopy(
  way: ContainerWay,
  source: { path: string; format: ArtifactFormat },
  { token, listed }: { token: (what: string) => string; listed: (folder: string) => Command },
): Command[] {
  const unpacked = token("unpacked");
  return [
    openCopy(way, false),
    fedScript(way, source, (unpacker) => unpackLine(way, FOLDER, unpacker, ""), {
      after: `echo ${unpacked}`,
      token: unpacked,
    }),
    inCopy(way, startCopy(FOLDER)),
    inCopy(way, awaitCopy(FOLDER, token("loaded"))),
    inCopy(way, listed(FOLDER)),
  ];
}
