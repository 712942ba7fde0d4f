import { shellWord } from "../../../base/quote.ts";
import type { Command } from "../../../step/command.ts";
import type { RestoreSource } from "../source.ts";
import { type ContainerWay, outerScript } from "./way.ts";

/**
 * A script whose last line reads the backup: from the file, when docker is run on this machine, and otherwise as what is
 * streamed there. zstd is in hardly any image, so it is unpacked on the way; of a packer that fails the script fails.
 */
export function fedScript(
  way: ContainerWay,
  { path, format }: Pick<RestoreSource, "path" | "format">,
  reader: (unpack: string) => string,
  more: { before?: string; after?: string; token?: string } = {},
): Command {
  const { before = "", after = "", token } = more;
  const isHere = way.outer.length === 0;
  const from = isHere ? ` < ${shellWord(path)}` : "";
  const unpack = { none: "cat", gzip: "gunzip -c", zstd: "cat" }[format.wrapper];
  const read = reader(unpack);
  const line =
    format.wrapper === "zstd"
      ? `{ rc=$( { { zstd -dcq${from}; echo $? >&3; } | { ${read}; } >&4; } 3>&1 ) || exit 1; } 4>&1
[ "$rc" = 0 ] || fail "zstd could not unpack it"`
      : `{ ${read}; }${from} || exit 1`;
  return outerScript(way, [before, line, after].filter((text) => text !== "").join("\n"), {
    ...(isHere ? {} : { feed: { file: path } }),
    ...(token === undefined ? {} : { token }),
  });
}
