import type { Mode } from "../../step/mode.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useLoad } from "../hooks/use-load.ts";
import { Waiting } from "../parts/waiting.tsx";
import { BackupScreen } from "./backup.tsx";

/** Looks for backups of what the runbook restores. */
export function BackupLoader(choice: { system: string; runbook: string; mode: Mode }) {
  const { services, move } = useEnv();
  const loaded = useLoad(() => services.backups(choice.system, choice.runbook), {
    now: services.now,
    onError: (error) =>
      move({ type: "replace", screen: { kind: "error", error, doing: "looking for backups" } }),
  });
  const title = `${choice.system} / ${choice.runbook}`;
  if (loaded.state === "waiting")
    return (
      <Waiting
        title={title}
        mode={choice.mode}
        what="Looking for backups"
        next="choose one"
        since={loaded.since}
        back
      />
    );
  return <BackupScreen {...choice} backups={loaded.value} />;
}
