import type { Command } from "../../step/command.ts";
import { carried, type FarPlace } from "./far-place.ts";

const plain = (argv: string[], rest: Partial<Command> = {}): Command => ({
  argv,
  env: {},
  secrets: {},
  ...rest,
});
const sh = (script: string, ...words: string[]): string[] => ["sh", "-c", script, ...words];

/** The run's folder is made by the run, or it is somebody else's trap in a folder that all may write to. */
const OWN_FOLDER = `umask 077
said=$(mkdir -m 700 "$1" 2>&1) || { [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ]; } || { echo "\${said:-$1 is not a folder of this user's}" >&2; exit 1; }
`;

/**
 * So many bytes of its input and not one more: the end of a stream does not arrive on every way. BusyBox's `head` takes
 * them one by one (0.27 GB/s against 1.6); its `dd` and GNU's fill whole blocks, others have no `fullblock`.
 */
export const EXACTLY = `exactly() {
  if dd iflag=fullblock status=none count=0 </dev/null >/dev/null 2>&1; then
    dd bs=65536 iflag=fullblock status=none count=$(($1 / 65536)) && head -c $(($1 % 65536))
  else head -c "$1"; fi
}
`;

/**
 * A cut stream ends like a whole one, so the bytes are counted; the name is only given to all of them. By hand nobody
 * counts, and nothing is cut without being seen.
 */
const TAKE_FILE = `${EXACTLY}${OWN_FOLDER}mkdir -p "$(dirname "$0")" || exit 1
bytes=\${2:-$FEED_BYTES}
whole() {
  [ -z "$bytes" ] || [ "$(wc -c < "$0.partial")" -eq "$bytes" ] || return
  [ -n "$FEED_SHA256" ] && command -v sha256sum >/dev/null 2>&1 || return 0
  [ "$(sha256sum < "$0.partial" | cut -c 1-64)" = "$FEED_SHA256" ] || { echo "its sha256 is another one" >&2; return 1; }
}
if { if [ -n "$bytes" ]; then exactly "$bytes"; else cat; fi; } > "$0.partial" && whole; then mv -f "$0.partial" "$0"; exit; fi
came=$(wc -c < "$0.partial" 2>/dev/null); rm -f "$0.partial"
echo "\${came:-0} of \${bytes:-all} bytes came and were written" >&2; exit 1`;

/** By hand nobody counts: a tar archive that is cut ends tar with an error, and what came is compared anyway. */
const TAKE_FOLDER = `${EXACTLY}${OWN_FOLDER}if [ "$2" = keep ] && [ -d "$0" ]; then exit 0; fi
rm -rf "$0" "$0.partial" && mkdir -p "$0.partial" || exit 1
if { if [ -n "$FEED_BYTES" ]; then exactly "$FEED_BYTES"; else cat; fi; } | tar -xof - -C "$0.partial"; then mv "$0.partial" "$0"; exit; fi
rm -rf "$0.partial"; echo "the folder did not come whole" >&2; exit 1`;

const PACK = `umask 077; mkdir -p "$(dirname "$1")" && tar -chf "$1" -C "$0" .`;
const UNPACK = `umask 077
rm -rf "$1" "$1.partial" && mkdir -p "$1.partial" && tar -xof "$0" -C "$1.partial" && mv "$1.partial" "$1" && rm -f "$0"`;

/** What is sent, or fetched. */
export interface Carried {
  here: string;
  there: string;
  isFolder: boolean;
}

/** Where a folder is packed on this machine. */
const packed = (path: string): string => `${path}.sent.tar`;

/** Endings of what fetching leaves beside the name when it is cut off. */
export const FETCHED_HALF = [".partial", ".sent.tar"];

/**
 * Sends a file or a folder to a path in the run's folder there. A folder goes as one tar archive, made in `work` on this
 * machine first, so that its bytes can be counted. With `keep` one that is there already stays as it is.
 */
export function sendCommands(
  place: FarPlace,
  { here, there, isFolder }: Carried,
  {
    runFolder,
    work,
    bytes,
    keep = false,
  }: { runFolder: string; work: string; bytes?: number | undefined; keep?: boolean },
): Command[] {
  if (!isFolder)
    return [
      carried(
        place,
        plain(sh(TAKE_FILE, there, runFolder, String(bytes ?? "")), {
          feed: { file: here, ...(bytes === undefined ? {} : { bytes }) },
        }),
      ),
    ];
  const archive = packed(work);
  const argv = sh(TAKE_FOLDER, there, runFolder, keep ? "keep" : "anew");
  return [
    plain(sh(PACK, here, archive)),
    carried(place, plain(argv, { feed: { file: archive } })),
    plain(["rm", "-f", archive]),
  ];
}

/** Brings a file or a folder from there, to a name it only has when it came whole. */
export function fetchCommands(place: FarPlace, { here, there, isFolder }: Carried): Command[] {
  const into = isFolder ? packed(here) : `${here}.partial`;
  const read = isFolder ? ["tar", "-cf", "-", "-C", there, "."] : ["cat", there];
  return [
    plain(sh('umask 077; mkdir -p "$(dirname "$0")"', here)),
    carried(place, plain(read, { into })),
    plain(isFolder ? sh(UNPACK, into, here) : ["mv", "-f", into, here]),
  ];
}

const SUMS = `if command -v sha256sum >/dev/null 2>&1; then set -- sha256sum
elif command -v shasum >/dev/null 2>&1; then set -- shasum -a 256
elif command -v openssl >/dev/null 2>&1; then set -- openssl dgst -sha256 -r
else set --; fi
if [ -d "$0" ]; then
  cd "$0" && echo folder && if [ $# -gt 0 ]; then find . -type f -exec "$@" {} +; else echo none; fi
elif [ -f "$0" ]; then
  echo file; if [ $# -gt 0 ]; then "$@" < "$0"; else echo none; fi
else echo "$0 is not there" >&2; exit 1; fi`;

/** The sha256 of a file, or of each file of a folder, as it lies there; read by `judgeSameThere`. */
export const sumsCommand = (place: FarPlace, path: string): Command => carried(place, plain(sh(SUMS, path)));

/** Removes a step's folder there, and the run's when nothing else is in it; `spare` is a folder in it that stays. */
export function removeCommand(place: FarPlace, folder: string, runFolder: string, spare?: string): Command {
  const script =
    spare === undefined
      ? `rm -rf "$0" && { rmdir "$1" 2>/dev/null; [ ! -e "$0" ]; }`
      : `[ ! -d "$0" ] || find "$0" -mindepth 1 -maxdepth 1 ! -name "$2" -exec rm -rf {} + || exit 1
rmdir "$0" "$1" 2>/dev/null; exit 0`;
  return carried(place, plain(sh(script, folder, runFolder, ...(spare === undefined ? [] : [spare]))));
}

/** 1 while something but `spare` lies in the folder there, else 0. */
export function leftCommand(place: FarPlace, folder: string, spare: string): Command {
  const script = `if [ -d "$0" ] && [ -n "$(find "$0" -mindepth 1 -maxdepth 1 ! -name "$1")" ]; then echo 1; else echo 0; fi`;
  return carried(place, plain(sh(script, folder, spare)));
}
