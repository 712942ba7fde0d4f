import { z } from "zod";
import { shellWord } from "../../base/quote.ts";
import { counted, sizeInWords } from "../../base/size.ts";
import type { BackupMaker } from "../backup-maker.ts";
import { connectionAs } from "../connection-as.ts";
import type { StoreInput } from "../store-kind.ts";
import { type Engine, engineOf, helper, provenThere, script } from "./engine.ts";
import { factsIn } from "./restore-context.ts";

const FORMATS = ["tar", "tar.gz", "tar.zst"] as const;
const PACK: Readonly<Record<string, string>> = { "tar.gz": "gzip -6", "tar.zst": "zstd -q -3 -T0" };

const contents = z.object({ files: z.number(), bytes: z.number() });
const read = contents.extend({ members: z.array(z.string()) });

function formatByName(path: string): string {
  if (/\.(tar\.gz|tgz)(\.partial)?$/.test(path)) return "tar.gz";
  return /\.(tar\.zst|tzst)(\.partial)?$/.test(path) ? "tar.zst" : "tar";
}

/** Paths with their size and time, a line each: enough to see what was written to meanwhile. */
const GLANCE = `LC_ALL=C find . ! -type s ! -type d -exec stat -c '%n %s %Y' {} + | sort`;

/**
 * The tar of a container on standard output. Without pipefail: what fails in front of the packer leaves a mark beside, and
 * only without one is the packer's output believed.
 */
function tarCommand(engine: Engine, volume: string, path: string, format: string): string {
  const tar = `${provenThere(volume)} && ${helper(engine, "tar -cf - --numeric-owner .", { volume })}`;
  const pack = PACK[format];
  if (pack === undefined) return `${tar} > ${shellWord(path)}`;
  const mark = shellWord(`${path}.failed`);
  return `{ { ${tar}; } || echo failed >&3; } 3> ${mark} | ${pack} > ${shellWord(path)} && [ ! -s ${mark} ]; s=$?; rm -f ${mark}; [ $s = 0 ]`;
}

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** Paths that are not alike before and after. A name with a newline is two lines, and then told of as two. */
export function changedBetween(before: string, after: string): string[] {
  const [was, is] = [new Set(linesOf(before)), new Set(linesOf(after))];
  const changed = [...[...was].filter((line) => !is.has(line)), ...[...is].filter((line) => !was.has(line))];
  return [...new Set(changed.map((line) => line.replace(/ \d+ -?\d+$/, "")))].sort();
}

function serverOf(input: StoreInput): Record<string, string> {
  const facts = factsIn(input.facts);
  return facts === undefined ? {} : { version: facts.engine.version, engine: facts.engine.name };
}

/** One tar, made by a container of the helper image and streamed here; the manifest is read from the archive itself. */
export const volumeBackups: BackupMaker = {
  formats: FORMATS,
  formatByName,
  make: (input, { path, format }) => {
    const connection = connectionAs(input, "volume");
    const engine = engineOf(connection, "backup");
    const volume = connection.subject;
    const glance = script(engine, `${provenThere(volume)} && ${helper(engine, GLANCE, { volume })}`);
    const present = factsIn(input.facts)?.volume;
    return {
      commands: [glance, script(engine, tarCommand(engine, volume, path, format)), glance],
      readBack: [],
      manifest: ({ printed, facts }) => {
        const { members, files, bytes } = read.parse(facts);
        return {
          server: serverOf(input),
          volume,
          driver: present?.Driver ?? "local",
          options: present?.Options ?? {},
          labels: present?.Labels ?? {},
          bytes,
          files,
          members,
          changing: changedBetween(printed[0] ?? "", printed[2] ?? "").slice(0, 100),
        };
      },
    };
  },
  words: (manifest) => {
    const { files, bytes } = contents.parse(manifest);
    const changing = z.object({ changing: z.array(z.string()) }).parse(manifest).changing;
    const warning =
      changing.length === 0
        ? ""
        : `; ${counted(changing.length, "path")} written to meanwhile (${changing.slice(0, 3).join(", ")}): stop what writes, and make it again`;
    return `${counted(files, "file")}, ${sizeInWords(bytes)}${warning}`;
  },
};
