import { z } from "zod";
import type { ComposeProject, Cluster, Engine, Hop } from "../../step/hop.ts";
import { durationSchema, idSchema } from "../common-schema.ts";

/** What a host of every kind may say in system.yaml; a kind adds `kind: z.literal(…)` and its own keys. */
export const hostKeys = {
  title: z.string().optional(),
  tmp: z
    .string()
    .optional()
    .describe(
      "absolute folder there for what a run has to put there; default: the first of /var/tmp, /tmp and /dev/shm that can be written to",
    ),
  path: z.array(z.string()).default([]).describe("folders there to look for programs in first"),
};

/** Keys of hosts that lie on another host. */
export const onKey = {
  on: idSchema
    .optional()
    .describe("the host where the program that leads here is run; default: this machine"),
};

export const ofKey = {
  of: idSchema
    .optional()
    .describe("another host of the same kind, whose keys are taken where none are given here"),
};

export const connectTimeoutKey = {
  "connect-timeout": durationSchema.default("10s").describe("how long connecting may take"),
};

/** Environment of the program that leads there, e.g. what a compose file asks for. */
export const programEnvKey = {
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      "environment of compose or kubectl themselves, e.g. variables that the compose file asks for; kept secret",
    ),
};

/** Something wrong between the keys of a host. */
export interface HostProblem {
  at: string;
  says: string;
}

/** What steps can be told to stop and start at a host, besides running commands there. */
export interface Services {
  compose?: ComposeProject;
  cluster?: Cluster;
  engine?: Engine;
}

interface Said<S extends z.ZodType> {
  schema: S;
  /** Keys that only make sense on a host of its own or are never taken by `of`. */
  problems?: (host: Readonly<Record<string, unknown>>) => HostProblem[];
}

/** All that is known of one kind of host. The processes are made in src/hosts. */
export interface HostDeclaration<S extends z.ZodType = z.ZodType> extends Said<S> {
  /** The hops it adds to the way of the host it lies on; undefined for a place where only services are controlled. */
  hops(host: unknown, secrets: Readonly<Record<string, string>>): Hop[] | undefined;
  services(host: unknown, secrets: Readonly<Record<string, string>>): Services;
}

/** A declaration whose functions are handed what the schema makes of a host. */
export function declareHost<S extends z.ZodType>(
  said: Said<S> & {
    hops(host: z.output<S>, secrets: Readonly<Record<string, string>>): Hop[] | undefined;
    services?(host: z.output<S>, secrets: Readonly<Record<string, string>>): Services;
  },
): HostDeclaration<S> {
  return {
    schema: said.schema,
    ...(said.problems === undefined ? {} : { problems: said.problems }),
    hops: (host, secrets) => said.hops(said.schema.parse(host), secrets),
    services: (host, secrets) => said.services?.(said.schema.parse(host), secrets) ?? {},
  };
}

/** The vault key of a variable of a host's `env`. */
export const hostSecretKey = (host: string, name: string): string => `host.${host}.env.${name}`;
