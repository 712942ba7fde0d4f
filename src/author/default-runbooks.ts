import type { RunbookDraft, StepDraft } from "./draft.ts";
import { guess } from "./draft.ts";
import { asVariable, type ComposeService } from "./look/compose-file.ts";
import { kindOfImage } from "./store-guess.ts";
import { httpStep, type Made, manualStep, servicesStep, waitStep } from "./steps/make.ts";
import { kindTitle, migrateStep, restoreStep } from "./steps/restore.ts";
import { urlVariableIn } from "./found/settings.ts";
import type { Estate, WrittenStore } from "./system-draft.ts";
import { Names } from "./words.ts";

/** Runbooks for a team that has no procedure yet: one for each store, and one for everything. */
export function defaultRunbooks(estate: Estate, system: string): RunbookDraft[] {
  const runbooks = estate.stores.map((store) => storeRunbook(estate, store, system));
  return [...runbooks, fullRestore(estate, system)];
}

/** Steps with their ids. */
export function withIds(made: readonly Made[], names = new Names()): StepDraft[] {
  return made.map((step) => {
    const { wish, ...draft } = step;
    return { ...draft, id: names.take(wish, "step") };
  });
}

function storeRunbook(estate: Estate, store: WrittenStore, system: string): RunbookDraft {
  const { candidate } = store;
  const users = usersOf(estate, store);
  const made = [
    ...(users.length === 0 ? [] : [stackStep(estate, "stop", users)]),
    restoreStep(store),
    ...(candidate.kind === "postgres" ? migration(estate, store, system) : []),
    ...(users.length === 0 ? [] : [stackStep(estate, "start", users)]),
    ...verification(estate, users),
    tellTheTeam(),
  ];
  return {
    name: `${candidate.name}-lost`,
    comment: [],
    title: `${candidate.name.charAt(0).toUpperCase()}${candidate.name.slice(1)} lost`,
    scenario: `the ${candidate.kind === "volume" ? `volume ${candidate.name}` : kindTitle(store)} is gone, damaged or emptied, and has to come back from a backup`,
    beforeYouStart: [
      "Make sure that it is really lost, not merely unreachable.",
      "What was written after the backup is lost: look for a newer one first.",
    ],
    bringUp: [],
    steps: withIds(made),
  };
}

function fullRestore(estate: Estate, system: string): RunbookDraft {
  // Several databases may have one server.
  const servers = [
    ...new Set(
      estate.stores.flatMap(({ candidate }) =>
        candidate.service === undefined || candidate.kind === "volume" ? [] : [candidate.service.name],
      ),
    ),
  ];
  const applications = applicationsOf(estate);
  const first = estate.stores.find(({ candidate }) => candidate.kind === "postgres");
  const up = servers.length === 0 ? [] : [stackStep(estate, "up", servers)];
  const waits =
    servers.length === 0
      ? []
      : estate.stores
          .filter(({ candidate }) => servers.includes(candidate.service?.name ?? ""))
          .map(({ candidate }) => waitStep({ store: candidate.name }));
  const names = new Names();
  const bringUp = withIds([...up, ...waits], names);
  const made = [
    ...estate.stores.map((store) => restoreStep(store)),
    ...(first === undefined ? [] : migration(estate, first, system)),
    ...(applications.length === 0
      ? [manualStep("Start the application", "Start the application and everything that belongs to it.")]
      : [
          stackStep(
            estate,
            "up",
            applications.map(({ name }) => name),
          ),
        ]),
    ...verification(
      estate,
      applications.map(({ name }) => name),
    ),
    manualStep(
      "Look at the application",
      "Log in, open what people use most, and look for data that you know must be there.",
    ),
    tellTheTeam(),
  ];
  return {
    name: "full-restore",
    comment: ["The order of the restores is the order of the steps: what others refer to comes first."],
    title: "Full restore",
    scenario: "everything is gone, and has to come back from backups, on this machine or a new one",
    beforeYouStart: [
      "The machine has what the application needs: its code, its configuration, its container engine.",
      "Nobody deploys meanwhile.",
    ],
    bringUp,
    steps: withIds(made, names),
  };
}

function stackStep({ look, hosts }: Estate, does: "stop" | "start" | "up", names: string[]): Made {
  return servicesStep(
    {
      kind: "services",
      manager: { kind: "compose", files: look.compose.slice(0, 1).map(({ path }) => path) },
      does,
      names,
    },
    hosts,
  );
}

/** Services of the application: neither stores nor what watches them. */
function applicationsOf({ look }: Estate): ComposeService[] {
  const services = look.compose[0]?.services ?? [];
  return services.filter(
    (service) =>
      kindOfImage(service.image) === undefined &&
      !/backup|exporter|prometheus|grafana|pgadmin|mailhog|migrat|init|setup|createbuckets/i.test(
        service.name,
      ),
  );
}

/** Who has to be stopped while a store is replaced: services that depend on it, or all of the application. */
function usersOf(estate: Estate, { candidate }: WrittenStore): string[] {
  if (candidate.service === undefined) return [];
  const applications = applicationsOf(estate);
  if (candidate.kind === "volume")
    return applications
      .filter((service) =>
        Object.keys(service.volumes).some((key) => candidate.service?.volumes[key] !== undefined),
      )
      .map(({ name }) => name);
  return applications
    .filter(({ dependsOn }) => dependsOn.includes(candidate.service?.name ?? ""))
    .map(({ name }) => name);
}

function migration({ look }: Estate, store: WrittenStore, system: string): Made[] {
  if (look.migrate === undefined) return [];
  const urlVariable = urlVariableIn(look.env, /^postgres/);
  const made = migrateStep(look.migrate.run, { cwd: undefined, urlVariable, store, system });
  return [{ ...made, comment: [`found: ${look.migrate.because}`] }];
}

/** A question to each application that publishes a port. */
function verification(estate: Estate, names: readonly string[]): Made[] {
  return applicationsOf(estate)
    .filter(({ name, ports }) => names.includes(name) && ports.length > 0)
    .slice(0, 2)
    .map(({ ports }) => {
      const url = `http://localhost:${asVariable(ports[0]?.outside ?? "")}/health`;
      const made = httpStep({ kind: "http", url, method: "GET", headers: {} });
      return {
        ...made,
        fields: {
          ...made.fields,
          expect: { status: 200 },
          url: guess(url, "the path that tells whether the application is well"),
        },
      };
    });
}

const tellTheTeam = (): Made =>
  manualStep(
    "Tell the team",
    "Say that it is back, from which backup, and that what was written after that backup is lost.",
  );
