import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { basename } from "node:path";

/** One service of a compose file, as far as recovery is concerned. */
export interface ComposeService {
  name: string;
  image: string;
  container: string | undefined;
  /** Published port → port inside; both as written, e.g. "${DB_PORT:-5432}". */
  ports: { outside: string; inside: string }[];
  environment: Record<string, string>;
  /** Named volumes it mounts: name → path inside. */
  volumes: Record<string, string>;
  dependsOn: string[];
  hasHealthcheck: boolean;
  /** It is built from source: an application. */
  isBuilt: boolean;
  /** Where it stands in the file, from 1. */
  line: number;
}

export interface ComposeFile {
  path: string;
  project: string | undefined;
  services: ComposeService[];
  /** Names of volumes, by the key services use. */
  volumes: Record<string, string>;
}

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const anything = z.unknown().optional();
const service = z.looseObject({
  image: text.optional(),
  build: anything,
  container_name: text.optional(),
  ports: z.array(z.union([text, z.looseObject({ target: text, published: text.optional() })])).nullish(),
  environment: z.union([z.array(text), z.record(z.string(), text.nullable())]).nullish(),
  volumes: z
    .array(
      z.union([
        text,
        z.looseObject({ type: text.optional(), source: text.optional(), target: text.optional() }),
      ]),
    )
    .nullish(),
  depends_on: z.union([z.array(text), z.record(z.string(), anything)]).nullish(),
  healthcheck: anything,
});
const file = z.looseObject({
  name: text.optional(),
  services: z.record(z.string(), anything),
  volumes: z.record(z.string(), z.looseObject({ name: text.optional() }).nullable()).nullish(),
});

/** The first version of the format: services stand at the top, and there is nothing else. */
const first = z
  .record(z.string(), z.looseObject({ image: text.optional(), build: anything }))
  .refine((all) => Object.values(all).every(({ image, build }) => image !== undefined || build !== undefined))
  .refine((all) => Object.keys(all).length > 0);

/** Reads a compose file; undefined when it is none. Anchors and merges are followed, as compose does. */
export function readComposeFile(path: string, content: string): ComposeFile | undefined {
  const lines = new LineCounter();
  const document = parseDocument(content, { merge: true, lineCounter: lines, logLevel: "silent" });
  if (document.errors.length > 0) return undefined;
  const whole: unknown = document.toJS({ maxAliasCount: 1000 });
  const old = first.safeParse(whole);
  const read = file.safeParse(old.success ? { services: old.data } : whole);
  if (!read.success) return undefined;
  const services = Object.entries(read.data.services).flatMap(([name, said]): ComposeService[] => {
    const one = service.safeParse(said);
    return one.success
      ? [
          serviceOf(
            name,
            one.data,
            lineOf(old.success ? document.contents : document.get("services"), name, lines),
          ),
        ]
      : [];
  });
  const volumes = Object.entries(read.data.volumes ?? {}).map(
    ([key, said]) => [key, said?.name ?? key] as const,
  );
  return { path, project: read.data.name, services, volumes: Object.fromEntries(volumes) };
}

function lineOf(services: unknown, name: string, lines: LineCounter): number {
  if (!isMap(services)) return 1;
  const pair = services.items.find(({ key }) => isScalar(key) && key.value === name);
  const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  return offset === undefined ? 1 : lines.linePos(offset).line;
}

function serviceOf(name: string, said: z.infer<typeof service>, line: number): ComposeService {
  const volumes = (said.volumes ?? []).flatMap((mount): (readonly [string, string])[] => {
    const [source = "", target = ""] =
      typeof mount === "string" ? mount.split(":") : [mount.source, mount.target];
    return /^[A-Za-z0-9][\w.-]*$/.test(source) && target !== "" ? [[source, target]] : [];
  });
  return {
    name,
    image: said.image ?? "",
    container: said.container_name,
    ports: (said.ports ?? []).flatMap(portOf),
    environment: environmentOf(said.environment ?? {}),
    volumes: Object.fromEntries(volumes),
    dependsOn: Array.isArray(said.depends_on) ? said.depends_on : Object.keys(said.depends_on ?? {}),
    hasHealthcheck: said.healthcheck !== undefined && said.healthcheck !== null,
    isBuilt: said.build !== undefined && said.build !== null,
    line,
  };
}

function environmentOf(said: string[] | Record<string, string | null>): Record<string, string> {
  if (!Array.isArray(said))
    return Object.fromEntries(Object.entries(said).map(([key, value]) => [key, value ?? `\${${key}}`]));
  const pairs = said.map((item) => {
    const at = item.indexOf("=");
    return at < 0 ? ([item, `\${${item}}`] as const) : ([item.slice(0, at), item.slice(at + 1)] as const);
  });
  return Object.fromEntries(pairs);
}

/** "127.0.0.1:${PORT:-5432}:5432", "5432:5432", "8080:80/tcp"; a lone port is published at random. */
function portOf(
  port: string | { target: string; published?: string | undefined },
): { outside: string; inside: string }[] {
  if (typeof port !== "string")
    return port.published === undefined ? [] : [{ outside: port.published, inside: port.target }];
  const parts =
    /^(?:(?:\[[^\]]+\]|\d+\.\d+\.\d+\.\d+|\$\{[^}]*\}(?=:.*:)):)?(\$\{[^}]*\}|\d+):(\$\{[^}]*\}|\d+)(?:\/\w+)?$/.exec(
      port,
    );
  const [, outside, inside] = parts ?? [];
  return outside === undefined || inside === undefined ? [] : [{ outside, inside }];
}

/** Whether a file's name is one that compose files have. */
export const isComposeName = (path: string): boolean =>
  /^(?:docker-)?compose[\w.-]*\.ya?ml$/i.test(basename(path));

/** A compose value as system.yaml writes it: ${NAME:-default} stays, ${NAME-x} and ${NAME:?must} become what is known here, $NAME too. */
export function asVariable(value: string): string {
  return value
    .replaceAll(/\$\{([A-Za-z_]\w*)(?::?\?[^}]*|:?\+[^}]*)\}/g, "${$1}")
    .replaceAll(/\$\{([A-Za-z_]\w*)-([^}]*)\}/g, "${$1:-$2}")
    .replaceAll(/\$([A-Za-z_]\w*)/g, "${$1}")
    .replaceAll("$$", "$");
}
