import type { StoreKindName } from "../../runbook/store-kinds/registry.ts";
import type { StoreGuess } from "../store-guess.ts";
import type { ComposeFiles, Place } from "./unwrap.ts";

export type ServicesVerb = "stop" | "start" | "restart" | "up" | "down";

/** Where services are managed. */
export type Manager =
  | ({ kind: "compose" } & ComposeFiles)
  | { kind: "docker" }
  | { kind: "kubernetes"; namespace?: string; context?: string }
  | { kind: "systemd" }
  | { kind: "pm2" };

/** What one statement of a procedure means to Lifeboat. */
export type Action =
  | {
      kind: "restore";
      store: StoreGuess;
      /** A program that changes the dump on its way. */
      filter?: string;
    }
  /** What a restore of Lifeboat does itself: unpacking, ending sessions, dropping, creating. Without a store: of any. */
  | { kind: "part"; of?: StoreKindName; does: string; file?: string; store?: StoreGuess }
  | { kind: "backup"; store: StoreGuess; file?: string }
  | {
      kind: "services";
      manager: Manager;
      does: ServicesVerb;
      names: string[];
      /** Kubernetes: how many the procedure starts. */
      replicas?: number;
      /** Where the manager itself is run. */
      places?: readonly Place[];
    }
  | { kind: "wait"; manager?: Manager; names: string[]; of?: StoreKindName; within?: string }
  | {
      kind: "http";
      url: string;
      method: string;
      headers: Record<string, string>;
      body?: string;
      matches?: string;
    }
  | { kind: "migrate"; run: string[] }
  | { kind: "query"; store: StoreGuess; sql: string; tables: string[] }
  /** Only looks. */
  | { kind: "reads" }
  /** A person types there, or it never ends by itself. */
  | { kind: "by-hand"; because: string }
  | { kind: "unknown" };

/** What a recognizer gives for a program it does not know in this form. */
export const UNKNOWN: Action = { kind: "unknown" };
