import { guess, type StepDraft, type Value } from "../draft.ts";
import type { Action, Manager, ServicesVerb } from "../shell/action.ts";
import type { Hosts } from "../found/hosts.ts";
import { oneLine } from "../../base/one-line.ts";
import { slug, verbatim } from "../words.ts";

/** A step before it has its id; `wish` is what the id is made of. */
export type Made = Omit<StepDraft, "id"> & { wish: string };

const DONE: Record<ServicesVerb, string> = {
  stop: "Stop",
  start: "Start",
  restart: "Restart",
  up: "Start",
  down: "Take down",
};

/** The title of a services step: "Stop backend, worker". */
export const servicesTitle = (does: ServicesVerb, names: readonly string[]): string =>
  oneLine(
    `${DONE[does]} ${names.length === 0 ? "all services" : names.map((name) => name.replace(/^\w+\//, "")).join(", ")}`,
    70,
  );

export function servicesStep(
  action: Extract<Action, { kind: "services" }>,
  hosts: Hosts,
  cwd?: string,
): Made {
  const { manager, does, replicas, places = [] } = action;
  const names = [...new Set(action.names)];
  return {
    wish: slug(servicesTitle(does, names)),
    comment: [],
    fields: {
      title: servicesTitle(does, names),
      kind: "services",
      host: hosts.ofManager(manager, places, cwd),
      ...managerKey(manager),
      do: does,
      ...(names.length === 0 ? {} : { names }),
      ...(replicas === undefined ? {} : { replicas }),
    },
  };
}

/** Compose hosts and clusters know who manages their services; this machine has several. */
const managerKey = (manager: Manager): Record<string, Value> =>
  manager.kind === "compose" || manager.kind === "kubernetes" ? {} : { manager: manager.kind };

export function waitStep(
  of: { store: string } | { host: string; names: string[]; manager?: Manager },
  within: Value = "2m",
): Made {
  const isStore = "store" in of;
  const title = isStore
    ? `Wait until ${of.store} answers`
    : `Wait for ${of.names.map((name) => name.replace(/^\w+\//, "")).join(", ")}`;
  return {
    wish: slug(isStore ? `${of.store}-answers` : title),
    comment: [],
    fields: {
      title: verbatim(oneLine(title, 70)),
      kind: "wait",
      ...(isStore
        ? { store: of.store }
        : { host: of.host, ...(of.manager === undefined ? {} : managerKey(of.manager)), names: of.names }),
      within,
    },
  };
}

/** The names of an http step's env, as its texts refer to them; any other dollar is one. */
const asShell = (text: string): string =>
  text.replaceAll(/\$(?!\{\w+\})/g, "$$$$").replaceAll(/\$\{(\w+)\}/g, "$$$1");

export function httpStep(action: Extract<Action, { kind: "http" }>): Made {
  const { url, method, matches } = action;
  const body = action.body === undefined ? undefined : asVariables(action.body);
  const headers = Object.fromEntries(
    Object.entries(action.headers).map(([name, value]) => [name, asVariables(value)]),
  );
  const status: Value = 200;
  const secret = /\$\{(\w+)\}/g;
  const env = Object.fromEntries(
    [...`${body ?? ""}${Object.values(headers).join("")}`.matchAll(secret)].map(([, name = ""]) => [
      name,
      `\${${name}}`,
    ]),
  );
  return {
    wish: slug(`answers ${url.replace(/^https?:\/\/[^/]*\/?/, "")}`),
    comment: [],
    fields: {
      title: verbatim(
        oneLine(
          `${method === "GET" ? "" : `${method} `}${url.replaceAll(/\$\{?(\w+)\}?/g, "$1")} answers`,
          90,
        ),
      ),
      kind: "http",
      ...(method === "GET" ? {} : { method }),
      url: asVariables(url),
      ...(Object.keys(headers).length === 0
        ? {}
        : {
            headers: Object.fromEntries(
              Object.entries(headers).map(([name, value]) => [name, asShell(value)]),
            ),
          }),
      ...(body === undefined ? {} : { body: asShell(body) }),
      ...(Object.keys(env).length === 0 ? {} : { env }),
      expect: guess(
        { status, ...(matches === undefined ? {} : { matches }) },
        "what a healthy answer looks like",
      ),
      within: "2m",
    },
  };
}

export const asVariables = (text: string): string => text.replaceAll(/\$([A-Za-z_]\w*)/g, "${$1}");

export function manualStep(title: string, instructions: string, optional?: string): Made {
  return {
    wish: slug(title),
    comment: [],
    fields: {
      title: verbatim(oneLine(title, 90)),
      kind: "manual",
      instructions: verbatim(instructions),
      ...(optional === undefined ? {} : { optional }),
    },
  };
}
