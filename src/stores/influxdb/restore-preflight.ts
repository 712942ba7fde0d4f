import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import { factsCommand } from "./facts.ts";
import { isAbsent, local, type RestoreContext } from "./restore-context.ts";

const MINUTE = 60_000;

/**
 * Fetches the server's metadata, some kilobytes, and throws it away: with a closed port influxd backup tries again for
 * five minutes (measured), and restore would only fail when it is needed.
 */
function backupService({ connection }: RestoreContext): Check {
  const { backupAddress } = connection;
  return {
    title: "influxd backup and restore are answered",
    source: local([
      "sh",
      "-c",
      `d=$(mktemp -d) || exit 1; timeout 8 influxd backup -host ${shellWord(backupAddress)} "$d" > "$d.said" 2>&1; r=$?
if [ $r = 124 ]; then echo "no answer from the backup service at" ${shellWord(backupAddress)} >&2; elif [ $r != 0 ]; then cat "$d.said" >&2; fi
rm -rf "$d" "$d.said"; exit $r`,
    ]),
    judge: "exit",
    args: { name: `backup service at ${backupAddress} answers` },
    onError: "fail",
  };
}

function diskChecks(context: RestoreContext): Check[] {
  const { source, facts, localData, mode, names } = context;
  if (localData === undefined)
    return [
      {
        title: "free disk",
        source: local(["echo", "unknown"]),
        judge: "not-asked",
        args: {
          name: "free disk on the server",
          why: "the server's disk cannot be seen from where its programs run",
        },
        onError: "not checked",
      },
    ];
  const live = mode === "drill" || isAbsent(context) ? 0 : (facts?.bytes[names.live] ?? 0);
  // Beside the live data: the copy, the old data once more, and the new live data while the copy is still there.
  const copies = source.bytes + (mode === "drill" ? 0 : Math.max(live, source.bytes));
  return [
    {
      title: "free disk for the copies",
      source: local(["df", "-Pk", localData]),
      judge: "influxdb.disk",
      args: { needed: Math.ceil(copies * 1.2), what: "the restored copies" },
      onError: "not checked",
    },
  ];
}

const tool = (argv: string[]): Check => ({
  title: `${argv[0]} is here`,
  source: local(argv),
  judge: "exit",
  args: { name: `${argv[0]} is here` },
  onError: "fail",
});

export function preflightStep(context: RestoreContext): Step {
  const { connection, mode, names } = context;
  const server: Check = {
    title: "what the server says about itself and the database",
    source: factsCommand(connection, names.live),
    judge: "influxdb.preflight",
    args: { live: mode !== "drill", asked: connection.address },
    onError: "fail",
  };
  return part(context, "preflight", [], {
    title: "Preflight",
    why: "everything that can be known before anything is touched, all at once",
    effect: "reads",
    checks: [
      tool(["influx", "-version"]),
      tool(["influxd", "version"]),
      server,
      backupService(context),
      ...diskChecks(context),
    ],
    timeoutMs: 2 * MINUTE,
    silenceMs: MINUTE,
    failsAs: "preflight",
  });
}
