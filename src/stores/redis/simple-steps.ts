import { shellWord } from "../../base/quote.ts";
import type { RedisConnection } from "../../runbook/store-kinds/redis-connection.ts";
import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Step } from "../../step/step.ts";
import { actionStep } from "../action-step.ts";
import type { StoreContext } from "../store-kind.ts";
import type { Command } from "../../step/command.ts";
import { liveScript, localScript } from "./client.ts";
import { fedScript } from "./container/feed.ts";
import { containerArtifact } from "./container/proof.ts";
import { takeFromContainer } from "./container/take.ts";
import { inImage, inServer, wayOf } from "./container/way.ts";
import { factsSchema } from "./facts.ts";
import { takeScript } from "./take-script.ts";
import { listFunction } from "./listing-script.ts";
import type { RestoreContext } from "./restore-context.ts";
import { artifactStep } from "./restore-proof.ts";

/** The live server against the manifest of the chosen backup; it only reads, page by page, in every mode. */
export function verifyLiveSteps(step: RunbookStep, context: StoreContext, restore: RestoreContext): Step[] {
  const { source, connection } = restore;
  const { container } = restore;
  const artifact = {
    ...(container ? containerArtifact(restore, container) : artifactStep(restore)),
    needs: [],
  };
  const list = ({ every }: { every: number }): Command =>
    liveScript(connection, `${listFunction({ every, values: "sums" })}\nlist live`);
  const checks: Step["checks"] = source.manifest
    ? [
        {
          title: "keys, types and values against the manifest",
          source: container ? inServer(container.way, list(source.manifest)) : list(source.manifest),
          judge: "redis.manifest",
          args: { artifactStep: artifact.id },
          onError: "fail",
        },
      ]
    : [
        {
          title: "keys against the manifest",
          source: { argv: ["echo", "unknown"], env: {}, secrets: {} },
          judge: "not-asked",
          args: { name: "keys of the live server", why: "the backup has no manifest to compare with" },
          onError: "not checked",
        },
      ];
  const verify = actionStep(step, context, {
    title: "Verify",
    why: "compares the live server with what the backup's manifest says",
    effect: "reads",
    commands: [],
    checks,
    failsAs: "red",
    needs: [artifact.id],
  });
  return [artifact, verify];
}

export const safetyFile = (folder: string, run: { tag: string }): string => `${folder}/before-${run.tag}.rdb`;

/** A snapshot of the live server into the folder for safety copies, read to its end. */
export function safetyStep(
  step: RunbookStep,
  context: StoreContext,
  connection: RedisConnection,
  folder: string,
): Step {
  const path = safetyFile(folder, context.run);
  const token = `lifeboat-safe-${context.run.nonce}`;
  const way = wayOf(context, connection, undefined, context.run);
  const dataFolder = factsSchema.safeParse(context.facts).data?.settings["dir"];
  const make = `mkdir -p -m 700 ${shellWord(folder)} || exit 1\n`;
  const whole = { path, format: { wrapper: "none", payload: "rdb" } } as const;
  const read = way
    ? fedScript(way, whole, () => inImage(way, ["redis-check-rdb", "/dev/stdin"]))
    : { argv: ["redis-check-rdb", path], env: {}, secrets: {} };
  return actionStep(step, context, {
    title: "Safety copy",
    why: "all the live server holds now, in a file of its own",
    effect: "reversible",
    commands: way
      ? takeFromContainer(way, { path, folder: dataFolder, before: make, token })
      : [liveScript(connection, `${make}${takeScript(shellWord(path))}\necho ${token}`, token)],
    checks: [
      {
        title: `redis-check-rdb reads ${path}`,
        source: read,
        judge: "redis.check-rdb",
        args: {},
        onError: "fail",
      },
    ],
    // A name that only this run uses: an attempt that was cut off is simply made again.
    probe: way
      ? fedScript(
          way,
          whole,
          () =>
            `${inImage(way, ["redis-check-rdb", "/dev/stdin"])} >/dev/null 2>&1 && echo DONE || echo 'NOT DONE'`,
        )
      : localScript(`redis-check-rdb ${shellWord(path)} >/dev/null 2>&1 && echo DONE || echo 'NOT DONE'`),
    undo: {
      says: `removes ${path}`,
      commands: [{ argv: ["rm", "-f", path], env: {}, secrets: {} }],
      onFailure: false,
    },
    cleanup: {
      says: `removes the safety copy ${path}`,
      commands: [{ argv: ["rm", "-f", path], env: {}, secrets: {} }],
      expect: path,
      onFailure: false,
    },
    after: `a safety copy of ${connection.subject} lies in ${path}`,
  });
}
