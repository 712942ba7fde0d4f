import type { BackupMaker } from "./backup-maker.ts";
import { carried, type FarPlace } from "./host/far-place.ts";
import { expandThere } from "./host/far-expansion.ts";
import type { StoreKind } from "./store-kind.ts";

/**
 * The same kind of store for one whose commands run on another host: everything that makes a command makes one for there.
 * What only reads answers, names or judges is as it is.
 */
export function onHost(kind: StoreKind, place: FarPlace): StoreKind {
  const { sessions, lock } = kind;
  return {
    ...kind,
    factsCommand: (input) => carried(place, kind.factsCommand(input)),
    identity: (facts) => ({ ...kind.identity(facts), ...place.identity }),
    expand: (step, context) => expandThere(kind, place, step, context),
    backups: backupsThere(kind.backups, place),
    ...(sessions === undefined
      ? {}
      : {
          sessions: {
            look: (input, run) => carried(place, sessions.look(input, run)),
            end: (input, run) => carried(place, sessions.end(input, run)),
          },
        }),
    ...(lock === undefined
      ? {}
      : { lock: { ...lock, command: (...of) => carried(place, lock.command(...of)) } }),
  };
}

function backupsThere(backups: BackupMaker, place: FarPlace): BackupMaker {
  return {
    ...backups,
    make: (input, request) => {
      const recipe = backups.make(input, request);
      const { commands, readBack, cleanUp } = recipe;
      const carry = (list: typeof commands): typeof commands => list.map((one) => carried(place, one));
      return {
        ...recipe,
        commands: carry(commands),
        readBack: carry(readBack),
        ...(cleanUp === undefined ? {} : { cleanUp: carry(cleanUp) }),
      };
    },
  };
}
