import { useEnv } from "../hooks/use-env.ts";
import { useLoad } from "../hooks/use-load.ts";
import { Waiting } from "../parts/waiting.tsx";
import { HomeScreen } from "./home.tsx";

/** Reads what the home screen shows. */
export function HomeLoader() {
  const { services, move } = useEnv();
  const loaded = useLoad(
    async () => ({ systems: await services.systems(), unfinished: await services.unfinished() }),
    {
      now: services.now,
      onError: (error) =>
        move({ type: "replace", screen: { kind: "error", error, doing: "reading the systems" } }),
    },
  );
  if (loaded.state === "waiting")
    return (
      <Waiting
        title=""
        what="Reading systems and their backups"
        next="choose a system"
        since={loaded.since}
        back={false}
      />
    );
  return <HomeScreen {...loaded.value} />;
}
