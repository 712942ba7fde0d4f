import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DOCKER_PROGRAMS, noDocker } from "../helpers/docker.ts";
import { openServicesEstate, type ServicesEstate, WHARF } from "../helpers/services-estate.ts";
import { suiteFor } from "../helpers/suite-for.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const GRACE_S = 6;
const DEAF = `["sh", "-c", "trap '' TERM; sleep 1000000 & wait"]`;

suiteFor(
  "a stop that is cut off",
  [...DOCKER_PROGRAMS, "docker-compose-v2"],
  () => {
    let estate: ServicesEstate;
    beforeAll(async () => {
      estate = await openServicesEstate("docker compose");
      const service = `  deaf:\n    image: lifeboat-test/busybox\n    network_mode: none\n    container_name: wharf-box\n    stop_grace_period: ${GRACE_S}s\n    command: ${DEAF}\n`;
      await estate.write("wharf.yml", WHARF + service);
    });
    afterAll(() => estate?.stop());

    test.each([
      ["stack", ", names: [deaf]"],
      ["box", ""],
    ])(
      "of %s is carried out by the engine all the same: an undo waits for that, and starts again",
      async (host, names) => {
        await estate.compose("up", "-d", "deaf");
        const stop = `  - { id: stop, kind: services, host: ${host}, do: stop${names} }\n`;
        await estate.writeRunbook("services", `title: S\nscenario: s\nsteps:\n${stop}`);
        const dying = estate.start(["run", "wharf", "services", "--live", "--confirm", host]);
        await dying.until(/running +2\/2/);
        // So long that the signal has come; nobody hears it.
        await new Promise((done) => setTimeout(done, 1500));
        dying.kill("SIGKILL");
        await dying.ended;
        expect(await estate.running()).toEqual(["deaf"]);
        const [run = ""] = await estate.runs();
        const undone = await estate.lifeboat(["undo", run, "--confirm", host]);
        expect(undone.code, undone.stdout + undone.stderr).toBe(0);
        expect(await estate.running()).toEqual(["deaf"]);
        // The engine's grace is over by now, or it never will be.
        await new Promise((done) => setTimeout(done, GRACE_S * 1000));
        expect(await estate.running()).toEqual(["deaf"]);
        await estate.compose("kill", "deaf");
      },
    );
  },
  noDocker(),
);
