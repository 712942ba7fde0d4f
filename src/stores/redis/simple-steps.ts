import { shellWord } from "../../base/quote.ts";
import type { RedisConnection } from "../../runbook/store-kinds/redis-connection.ts";
import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Step } from "../../step/step.ts";
import { actionStep } from "../action-step.ts";
import type { StoreContext } from "../store-kind.ts";
import { liveScript } from "./client.ts";
import { takeScript } from "./backups.ts";
import { listFunction } from "./listing-script.ts";
import type { RestoreContext } from "./restore-context.ts";
import { artifactStep } from "./restore-proof.ts";

/** The live server against the manifest of the chosen backup; it only reads, page by page, in every mode. */
export function verifyLiveSteps(step: RunbookStep, context: StoreContext, restore: RestoreContext): Step[] {
  const { source, connection } = restore;
  const artifact = { ...artifactStep(restore), needs: [] };
  const checks: Step["checks"] = source.manifest
    ? [
        {
          title: "keys, types and values against the manifest",
          source: liveScript(
            connection,
            `${listFunction({ every: source.manifest.every, values: "sums" })}\nlist live`,
          ),
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

/** A snapshot of the live server into the folder for safety copies, read to its end. */
export function safetyStep(
  step: RunbookStep,
  context: StoreContext,
  connection: RedisConnection,
  folder: string,
): Step {
  const path = `${folder}/before-${context.run.tag}.rdb`;
  const token = `lifeboat-safe-${context.run.nonce}`;
  return actionStep(step, context, {
    title: "Safety copy",
    why: "all the live server holds now, in a file of its own",
    effect: "reversible",
    commands: [
      liveScript(
        connection,
        `mkdir -p -m 700 ${shellWord(folder)} || exit 1
${takeScript(path)}
echo ${token}`,
        token,
      ),
    ],
    checks: [
      {
        title: `redis-check-rdb reads ${path}`,
        source: { argv: ["redis-check-rdb", path], env: {}, secrets: {} },
        judge: "redis.check-rdb",
        args: {},
        onError: "fail",
      },
    ],
    // A name that only this run uses: an attempt that was cut off is simply made again.
    probe: {
      argv: [
        "sh",
        "-c",
        `redis-check-rdb ${shellWord(path)} >/dev/null 2>&1 && echo DONE || echo 'NOT DONE'`,
      ],
      env: {},
      secrets: {},
    },
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
