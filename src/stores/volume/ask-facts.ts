import { shellWord } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import { type Engine, RUN_LABEL, script } from "./engine.ts";

const ENGINE =
  '{"id":{{json .ID}},"name":{{json .Name}},"version":{{json .ServerVersion}},"root":{{json .DockerRootDir}}}';
const CONSUMER = `{"id":{{json .Id}},"name":{{json (slice .Name 1)}},"status":{{json .State.Status}},"autoRemove":{{json .HostConfig.AutoRemove}},"restart":{{json .HostConfig.RestartPolicy.Name}},"helper":{{json (index .Config.Labels "${RUN_LABEL}")}}}`;
const RUNNING =
  '{"name":{{json (slice .Name 1)}},"mounts":[{{range $i, $m := .Mounts}}{{if $i}},{{end}}{"type":{{json $m.Type}},"source":{{json $m.Source}}}{{end}}]}';

const format = (section: string, template: string): string => shellWord(`${section}\t${template}`);

/**
 * What the engine says of itself, of one volume and of whoever uses it. Read-only. A container may vanish between two of
 * the questions, so those about containers may fail for one of them.
 */
export function askFacts(engine: Engine, volume: string): Command {
  const name = shellWord(volume);
  const image = shellWord(engine.image);
  return script(
    engine,
    `set -e
docker info --format ${format("engine", ENGINE)}
docker volume ls -q | sed 's/^/name	/'
if docker volume ls -q | grep -qxF -e ${name}; then docker volume inspect --format ${format("volume", "{{json .}}")} ${name}; fi
ids=$(docker ps -aq --no-trunc --filter volume=${name})
[ -z "$ids" ] || docker inspect --format ${format("consumer", CONSUMER)} $ids || true
ids=$(docker ps -q --no-trunc)
[ -z "$ids" ] || docker inspect --format ${format("running", RUNNING)} $ids || true
docker image inspect --format ${format("image", "{{json .Id}}")} ${image} 2> /dev/null || true`,
  );
}
