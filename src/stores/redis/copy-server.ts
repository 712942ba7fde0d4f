import { shellWord } from "../../base/quote.ts";
import type { ArtifactFormat } from "../../catalog/backup.ts";
import type { Command } from "../../step/command.ts";
import { localScript } from "./client.ts";

const UNPACK = { none: "cat", gzip: "gunzip -c", zstd: "zstd -dcq" } as const;

/** redis-cli on the copy's socket, named relatively: a socket's path may have no more than about 100 bytes. */
export const COPY_CLI = "redis-cli -s copy.sock";

/** What the copy's RDB file is called. */
export const COPY_FILE = "restored.rdb";

/** What it held when it was verified. */
export const COPY_LIST = "copy.list";

/** Begins a script that works in the copy's folder. */
export const inCopy = (folder: string): string => `cd ${shellWord(folder)} || exit 1`;

/**
 * Ends the copy's server, if there is one, and waits until it is gone. Its process is told by the folder it works in: the
 * number in a file may long be another's. Works in the copy's folder.
 */
const END = `owned() { [ -s copy.pid ] && [ "$(readlink "/proc/$(cat copy.pid)/cwd")" = "$(pwd -P)" ]; }
end_copy() {
  ${COPY_CLI} SHUTDOWN NOSAVE >/dev/null 2>&1 || { owned && kill "$(cat copy.pid)"; }
  while owned; do sleep 0.02; done
  rm -f copy.sock copy.pid copy.list
}`;

export interface UnpackInput {
  /** Where the copy lives. */
  folder: string;
  path: string;
  format: ArtifactFormat;
  token: string;
  /** File whose owner and mode the unpacked one gets, or else the folder it lies in. */
  like?: { file: string; folder: string } | undefined;
}

/** In the copy's folder: its file gets owner and mode of a file, or else of the folder that lies in. */
export const likeLines = ({ file, folder }: { file: string; folder: string }): string =>
  `like=${shellWord(file)} mode=$(stat -c %a ${shellWord(file)} 2>/dev/null) || { like=${shellWord(folder)} mode=640; }
chown "$(stat -c %u:%g "$like")" . ${COPY_FILE} && chmod "$mode" ${COPY_FILE} || exit 1
`;

/** Unpacks the backup into the copy's folder. What an attempt before has left there is ended and cleared first. */
export function unpackCommand({ folder, path, format, token, like }: UnpackInput): Command {
  const owner = like === undefined ? "" : likeLines(like);
  return localScript(
    `mkdir -p -m 700 ${shellWord(folder)} && ${inCopy(folder)}
${END}
end_copy
${UNPACK[format.wrapper]} < ${shellWord(path)} > ${COPY_FILE} || exit 1
${owner}echo ${token}`,
    token,
  );
}

/**
 * A server that only the run knows: no port, a socket in its own folder, nothing that is ever written. Databases cost
 * nothing until they are used.
 */
export function startCopy(folder: string): Command {
  const nowhere = ["--port", "0", "--unixsocket", "copy.sock", "--unixsocketperm", "700"];
  const data = ["--dir", folder, "--dbfilename", COPY_FILE, "--appendonly", "no", "--save", ""];
  const own = ["--pidfile", `${folder}/copy.pid`, "--logfile", `${folder}/copy.log`, "--daemonize", "yes"];
  const wide = ["--databases", "1024", "--maxmemory", "0"];
  const argv = ["redis-server", ...nowhere, ...data, ...wide, ...own];
  return { argv, env: {}, secrets: {}, stays: true };
}

/** Waits until the copy's server has loaded all of the file; says what its log says when it ends instead. */
export function awaitCopy(folder: string, token: string): Command {
  return localScript(
    `${inCopy(folder)}
${END}
tries=0
until [ "$(${COPY_CLI} PING 2>/dev/null)" = PONG ]; do
  tries=$((tries + 1))
  if [ $tries -gt 400 ] && ! owned; then tail -n 8 copy.log >&2; exit 1; fi
  [ -s copy.log ] && grep -q -e 'Fatal error loading' -e 'FATAL' -e 'Terminating server' copy.log && ! owned && { tail -n 8 copy.log >&2; exit 1; }
  sleep 0.05
done
${COPY_CLI} INFO keyspace
echo ${token}`,
    token,
  );
}

/** DONE when the copy's server answers, which it only does when the file is loaded. */
export function copyProbe(folder: string): Command {
  return localScript(`cd ${shellWord(folder)} 2>/dev/null || { echo 'NOT DONE'; exit; }
[ "$(${COPY_CLI} PING 2>/dev/null)" = PONG ] && echo DONE || echo PARTLY`);
}

/** Ends the copy's server and removes its folder. */
export function removeCopy(folder: string, token?: string): Command {
  return localScript(
    `if cd ${shellWord(folder)} 2>/dev/null; then
${END}
end_copy
cd / && rm -rf ${shellWord(folder)} || exit 1
fi
${token === undefined ? "true" : `echo ${token}`}`,
    token,
  );
}
