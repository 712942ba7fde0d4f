import { useEnv } from "../hooks/use-env.ts";
import { useLoad } from "../hooks/use-load.ts";
import { Waiting } from "../parts/waiting.tsx";
import type { Screen } from "../stack.ts";
import { BackupScreen } from "./backup.tsx";
import { BackupsScreen } from "./backups.tsx";

type Shown = Extract<Screen, { kind: "backup" }>;

/** Looks for backups of what the runbook restores. */
export function BackupLoader({ system, runbook, mode, chosen }: Omit<Shown, "kind">) {
  const choice = { system, runbook, mode };
  const { services, move } = useEnv();
  const loaded = useLoad(() => services.backups(system, runbook), {
    now: services.now,
    onError: (error) =>
      move({ type: "replace", screen: { kind: "error", error, doing: "looking for backups" } }),
  });
  const title = `${system} / ${runbook}`;
  if (loaded.state === "waiting")
    return (
      <Waiting
        title={title}
        mode={mode}
        what="Looking for backups"
        next="the newest, and the choice of another"
        since={loaded.since}
        back
      />
    );
  const plan = (backup: string): void =>
    move({ type: "go", screen: { kind: "planning", choice: { ...choice, backup } } });
  const [first, ...more] = loaded.value;
  if (more.length === 0)
    return (
      <BackupScreen
        mode={mode}
        title={title}
        backups={first?.backups ?? []}
        onChoose={({ id }) => plan(id)}
      />
    );
  return (
    <BackupsScreen
      mode={mode}
      title={title}
      stores={loaded.value}
      chosenBefore={chosen ?? {}}
      onGo={(ids) => {
        move({ type: "replace", screen: { kind: "backup", ...choice, chosen: ids } });
        plan(
          Object.entries(ids)
            .map(([store, id]) => `${store}=${id}`)
            .join(","),
        );
      }}
    />
  );
}
