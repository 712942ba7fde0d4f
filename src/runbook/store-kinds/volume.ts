import { z } from "zod";
import { parseDuration } from "../../base/duration.ts";
import { durationSchema } from "../common-schema.ts";
import type { ConnectionBase } from "./connection.ts";
import { declareStore, storeKeys } from "./declaration.ts";

/** As the engine itself demands it (RestrictedNamePattern in moby's volume names). */
const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

const volumeSchema = z.strictObject({
  ...storeKeys,
  kind: z.literal("volume"),
  volume: z
    .string()
    .regex(VOLUME_NAME, "letters, digits, _ . and -, as docker volume ls shows it")
    .describe("the name of the Docker volume, as docker volume ls shows it"),
  image: z
    .string()
    .default("busybox:stable")
    .describe("a small image that is on the engine: its sh, tar, find, stat, sha256sum look into the volume"),
  "docker-host": z
    .string()
    .optional()
    .describe(
      "the engine, e.g. unix:///run/docker.sock or ssh://root@host; default: DOCKER_HOST, DOCKER_CONTEXT, docker's own",
    ),
  "stop-timeout": durationSchema
    .default("30s")
    .describe("how long a container may take to stop before it is killed"),
});
export type VolumeStore = z.infer<typeof volumeSchema>;

/** Where a volume store is. */
export interface VolumeConnection extends ConnectionBase {
  kind: "volume";
  image: string;
  /** DOCKER_HOST when the file names the engine; otherwise the operator's environment decides. */
  env: Record<string, string>;
  /** How long docker stop waits before it kills. */
  stopSeconds: number;
}

export const volume = declareStore({
  schema: volumeSchema,
  localBecause: '"docker-host" says which engine it belongs to',
  actions: ["restore", "verify", "query"],
  restoreKeys: ["strategy", "queries"],
  subjectKey: "volume",
  secretKeys: [],
  secretUrls: {},
  connect: (_name, store) => {
    const engine = store["docker-host"];
    const connection: VolumeConnection = {
      kind: "volume",
      address: engine ?? "the docker engine",
      user: "",
      subject: store.volume,
      isLocal: engine === undefined || engine.startsWith("unix:"),
      reserved: [],
      image: store.image,
      env: engine === undefined ? {} : { DOCKER_HOST: engine },
      stopSeconds: Math.ceil((parseDuration(store["stop-timeout"]) ?? 30_000) / 1000),
    };
    return { connection, secrets: {}, remarks: [] };
  },
});
