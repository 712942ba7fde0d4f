import { expect, test, vi } from "vitest";
import { COMPOSE_PROGRAMS, DOCKER_PROGRAMS, noDocker } from "../helpers/docker.ts";
import { type ComposeProgram, openServicesEstate } from "../helpers/services-estate.ts";
import { suiteFor } from "../helpers/suite-for.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const STOP = "  - { id: act, kind: services, host: stack, do: stop, names: [backend] }\n";
const PROGRAMS: ComposeProgram[] = ["docker-compose", "docker compose"];

suiteFor(
  "a project of a mistaken name",
  [...DOCKER_PROGRAMS, ...COMPOSE_PROGRAMS],
  () => {
    for (const program of PROGRAMS)
      test(`is told by what runs from the same file, before its services are called stopped (${program})`, async () => {
        const estate = await openServicesEstate(program);
        try {
          const quay = (...words: string[]): Promise<string> =>
            estate.engine.run([...program.split(" "), "-f", estate.file, "-p", "quay", ...words], {
              WHARF_PASSWORD: "canary-wharf",
            });
          await quay("up", "-d", "backend");
          const ran = await estate.runSteps(STOP);
          expect(ran.code, ran.stdout + ran.stderr).toBe(11);
          expect(ran.stdout).toContain("run in project quay, made from the same file");
          expect(ran.stdout).not.toContain("backend: stopped");
          // One that has some is the one that is meant, whatever runs elsewhere.
          await estate.compose("up", "-d", "idle");
          expect((await estate.runSteps(STOP)).code).toBe(0);
        } finally {
          await estate.stop();
        }
      });
  },
  noDocker(),
);
