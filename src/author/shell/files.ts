import { basename } from "node:path";
import type { Action } from "./action.ts";
import { optionsOf, valueOf } from "./options.ts";
import { looking } from "./looking.ts";
import { readKubectl, type Unwrapped } from "./unwrap.ts";

const LOOKS = new Set(
  "ls df du cat head tail ps free uptime journalctl date whoami hostname id nc ping dig nslookup host netstat ss lsof lsblk stat file which grep wc find test echo printf sha256sum md5sum sha1sum jq uname pwd true ip mount crontab".split(
    " ",
  ),
);
const UNPACKS = new Set(["gunzip", "gzip", "zcat", "bunzip2", "unxz", "zstd", "unzstd", "pigz", "lz4"]);
const BACKUP =
  /\.(?:sql|dump|gz|zst|bz2|xz|tar|tgz|archive|bak|backup|rdb|native|pgdump)\b|\$\{?\w*(?:BACKUP|DUMP|FILE|ARCHIVE)\w*\}?|backup/i;
const READ_FROM = "puts the backup where it is read";

/** Programs that handle files: unpacking a backup, copying it near, looking around. */
export function filesAction(program: Unwrapped): Action | undefined {
  const { program: name, words, output } = program;
  const line = words.join(" ");
  if (UNPACKS.has(name) && (BACKUP.test(line) || BACKUP.test(output ?? "")))
    return isTest(words)
      ? { kind: "part", does: "looks into the backup" }
      : part("unpacks the backup", named(words).at(-1));
  if (name === "tar") return tar(program, line);
  if (name === "sleep") return { kind: "part", does: "waits a fixed time; Lifeboat asks until it is ready" };
  return copied(program) ?? removed(words) ?? looked(program, line);
}

const part = (does: string, file: string | undefined): Action => ({
  kind: "part",
  does,
  ...(file === undefined ? {} : { file }),
});

const named = (words: readonly string[]): string[] => words.slice(1).filter((word) => !word.startsWith("-"));

const isTest = (words: readonly string[]): boolean =>
  words.some((word) => /^-\w*[tl]\w*$|^--(?:test|list)$/.test(word));

const isTemporary = (path: string): boolean =>
  /(?:^|:)\/?(?:var\/)?tmp\b|^[\w./-]+:\/|^\.?\/?[\w.-]+$|restore/i.test(path);

function tar({ words, places }: Unwrapped, line: string): Action | undefined {
  if (places.length > 0 || !BACKUP.test(line)) return undefined;
  const mode = words[1] ?? "";
  if (/^-?\w*t/.test(mode)) return { kind: "part", does: "looks into the backup" };
  const options = optionsOf(words.slice(2), ["-C", "--directory", "-f"]);
  const target = valueOf(options, "-C", "--directory");
  const isNear = target === undefined || isTemporary(target);
  return /^-?\w*x/.test(mode) && isNear
    ? part("unpacks the backup", valueOf(options, "-f") ?? options.rest[0])
    : undefined;
}

/** A backup that is copied to where it is then loaded: a temporary folder, a container, a pod. */
function copied({ program: name, words }: Unwrapped): Action | undefined {
  const [from = "", to = ""] = named(words).slice(-2);
  if (["cp", "scp", "rsync"].includes(name))
    return BACKUP.test(from) && isTemporary(to) ? part(READ_FROM, from) : undefined;
  const isInto = (name === "docker" && words[1] === "cp") || readKubectl(words)?.verb === "cp";
  const isBackup = BACKUP.test(basename(from)) && /^[^/:]+:/.test(to) && !/^[^/:]+:/.test(from);
  return isInto && isBackup ? part(READ_FROM, from) : undefined;
}

function removed(words: readonly string[]): Action | undefined {
  const paths = named(words);
  const isOurs =
    words[0] === "rm" && BACKUP.test(words.join(" ")) && paths.length > 0 && paths.every(isTemporary);
  return isOurs ? { kind: "part", does: "removes what was unpacked" } : undefined;
}

function looked({ program: name, words, output }: Unwrapped, line: string): Action | undefined {
  if (!LOOKS.has(name) || output !== undefined) return undefined;
  if (name === "crontab" && !words.includes("-l")) return undefined;
  return name === "find" && /-(?:delete|exec)/.test(line) ? undefined : looking(words);
}
