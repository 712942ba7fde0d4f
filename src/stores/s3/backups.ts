import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { shellWord } from "../../base/quote.ts";
import { counted } from "../../base/size.ts";
import type { S3Connection, S3Store } from "../../runbook/store-kinds/s3.ts";
import type { BackupMaker, BackupRequest } from "../backup-maker.ts";
import type { StoreInput } from "../store-kind.ts";
import { keysLines, proofLines, summaryLines, tarLines } from "./backup-lines.ts";
import { KEYS_SUFFIX } from "./manifest.ts";
import { listing, script, type Tooling } from "./script.ts";
import { type Place, urlOf } from "./tool.ts";
import type { ToolChoice } from "./tools.ts";

const FORMATS = ["tree", "tar", "tar.gz", "tar.zst", "bucket"] as const;
type Format = (typeof FORMATS)[number];

function formatByName(path: string): Format {
  if (/\.(tar\.gz|tgz)$/.test(path)) return "tar.gz";
  if (/\.(tar\.zst|tzst)$/.test(path)) return "tar.zst";
  if (path.endsWith(".tar")) return "tar";
  return path.endsWith(".bucket") ? "bucket" : "tree";
}

interface Means {
  connectionOf(input: StoreInput): S3Connection;
  settingsOf(input: StoreInput): S3Store;
  choiceFor(input: StoreInput): ToolChoice;
}

const printedSchema = z.object({
  objects: z.coerce.number(),
  bytes: z.coerce.number(),
  odd: z.coerce.number(),
  changed: z.coerce.number(),
  keys: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The final name of what is written under a name that says that it is not finished. */
const finalName = (path: string): string => path.replace(/\.partial$/, "");

/** Where a backup of the form bucket goes: a folder of its own, named like the file that points to it. */
function placeOf(connection: S3Connection, path: string): Place {
  const { backups, backupRemote } = connection;
  if (backups === undefined)
    throw new LifeboatError(EXIT.invalid, {
      what: "a backup of the form bucket needs to know which bucket",
      where: `store with bucket ${connection.bucket}`,
      next: 'give the store "backup-bucket: s3://other-bucket/prefix"',
    });
  const name = basename(finalName(path)).replace(/\.bucket$/, "");
  return { remote: backupRemote, bucket: backups.bucket, prefix: `${backups.prefix}${name}/` };
}

function recipe(input: StoreInput, { path, format, nonce }: BackupRequest, means: Means) {
  const connection = means.connectionOf(input);
  const { tool } = means.choiceFor(input);
  const { remote, bucket, prefix } = connection;
  const live: Place = { remote, bucket, prefix };
  const other = format === "bucket" ? placeOf(connection, path) : undefined;
  const remotes = other && other.remote.name !== remote.name ? [remote, other.remote] : [remote];
  const tooling: Tooling = { tool, remotes };
  const work = join(dirname(path), `.${basename(path)}.work`);
  const tree = format === "tree" ? path : join(work, "tree");
  const lines = [
    `umask 077; W=${shellWord(work)}; rm -rf "$W"; mkdir -p "$W"`,
    ...listing(tooling, live, '"$W/before"'),
    ...(other === undefined
      ? [`mkdir -p ${shellWord(tree)}`, ...tool.download(live, tree)]
      : [...tool.make({ ...other, prefix: "" }), ...tool.copy(live, other)]),
    ...keysLines(tooling, tree, other),
    ...listing(tooling, live, '"$W/after"'),
    ...proofLines(bucket),
    ...(format.startsWith("tar") ? tarLines(format, tree, path) : []),
    ...(other === undefined ? [] : [`echo ${shellWord(`${urlOf(other)}/`)} > ${shellWord(path)}`]),
    ...summaryLines(`${path}${KEYS_SUFFIX}`),
  ];
  const undo =
    other === undefined ? [] : [`[ -e ${shellWord(finalName(path))} ] || {`, ...tool.remove(other), "}"];
  return {
    commands: [script(tooling, lines, `lifeboat-copied-${nonce}`)],
    cleanUp: [script(tooling, [`rm -rf ${shellWord(work)}`, ...undo])],
    server: { endpoint: connection.address, tool: tool.name },
    bucket,
    prefix,
  };
}

/** A bucket copied to a folder, an archive or another bucket, with a list of all keys beside it. */
export const s3Backups = (means: Means): BackupMaker => ({
  formats: FORMATS,
  formatByName,
  make: (input, request) => {
    const { commands, cleanUp, server, bucket, prefix } = recipe(input, request, means);
    return {
      commands,
      readBack: [],
      cleanUp,
      beside: [KEYS_SUFFIX],
      manifest: ({ printed }) => {
        const said = (printed[0] ?? "").split("\n").flatMap((line) => {
          const [, name, value] = /^! (\w+) (\S+)$/.exec(line) ?? [];
          return name === undefined || value === undefined ? [] : [[name, value] as const];
        });
        const { objects, bytes, odd, changed, keys } = printedSchema.parse(Object.fromEntries(said));
        return { server, bytes, bucket, prefix, objects, keys: { sha256: keys }, odd, changed };
      },
    };
  },
  words: (manifest) => `${counted(z.object({ objects: z.number() }).parse(manifest).objects, "object")}`,
});
