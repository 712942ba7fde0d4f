import { join } from "node:path/posix";
import type { Place } from "../../runbook/place.ts";
import type { Command } from "../../step/command.ts";
import type { Hop } from "../../step/hop.ts";
import type { Identity } from "../../step/identity.ts";

/** Where a run puts its files when system.yaml does not say: the first of them that may be written to. */
export const USUAL_FOLDERS = ["/var/tmp", "/tmp", "/dev/shm"] as const;

/** Where a store's commands run, when that is not this machine. */
export interface FarPlace extends Place {
  /** Never empty. */
  hops: readonly Hop[];
  /** Folder there in which a run makes its own. */
  tmp: string;
  /** Who the host says it is, by parts whose names say that they are the host's; empty when it could not be asked. */
  identity: Identity;
}

/** A host as a store's place; undefined when that is this machine. Where files go is only known once it was looked at. */
export function farPlaceOf(place: Place): FarPlace | undefined {
  const { hops, tmp } = place;
  if (hops === undefined || hops.length === 0) return undefined;
  return { ...place, hops, tmp: tmp ?? USUAL_FOLDERS[0], identity: {} };
}

/** The command, run there. One that says itself where it runs (a question to another store) stays as it is. */
export function carried(place: Pick<FarPlace, "hops" | "path">, command: Command): Command {
  if (command.on !== undefined) return command;
  return {
    ...command,
    on: [...place.hops],
    ...(place.path.length === 0 ? {} : { path: [...place.path] }),
  };
}

/** A run's own folder there. */
export const runFolderThere = ({ tmp }: FarPlace, run: { id: string }): string =>
  join(tmp, `lifeboat-${run.id}`);

/** The folder there of one of the runbook's steps: each removes its own. */
export const stepFolderThere = (place: FarPlace, run: { id: string }, step: { id: string }): string =>
  join(runFolderThere(place, run), step.id);
