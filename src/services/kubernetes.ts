import { shellLine, shellWord } from "../base/quote.ts";
import { kubectlWords } from "../step/program-words.ts";
import type { Manager, Target } from "./manager.ts";

/** kubectl, with the cluster and the namespace of what is controlled. */
function kubectlOf({ cluster }: Target): string[] {
  if (cluster === undefined) throw new Error("a kubernetes target has a cluster");
  return kubectlWords(cluster);
}

/** How many are wanted, are ready, have its newest settings; whether that was noticed; when it was told to restart; what is looked at; its pods' labels. */
const OBJECT = [
  "{{or .spec.replicas 0}}",
  "{{or .status.readyReplicas 0}}",
  "{{or .status.updatedReplicas 0}}",
  "{{or .status.observedGeneration 0}}/{{.metadata.generation}}",
  '{{with .spec.template.metadata.annotations}}{{or (index . "kubectl.kubernetes.io/restartedAt") "-"}}{{else}}-{{end}}',
  "{{range .spec.template.spec.containers}}{{if .readinessProbe}}probe{{else}}none{{end}},{{end}}",
  "{{range $key, $value := .spec.selector.matchLabels}}{{$key}}={{$value}},{{end}}",
].join(" ");

/** A line a pod: its phase, and what its containers wait for or since when they run. */
const PODS =
  '{{range .items}}pod {{.status.phase}}{{range .status.containerStatuses}}{{with .state.waiting}} waiting={{or .reason "?"}}{{end}}{{with .state.running}} since={{.startedAt}}{{end}}{{end}}{{"\\n"}}{{end}}';

const LINE = `BEGIN { split(ENVIRON["object"], is, " "); wanted = is[1]; split(is[4], seen, "/") }
    $1 == "pod" && $2 != "Failed" && $2 != "Succeeded" {
      pods++
      for (i = 3; i <= NF; i++) {
        if ($i ~ /^waiting=/ && $i ~ /(BackOff|ErrImagePull|InvalidImageName|Error)$/) bad = substr($i, 9)
        if ($i ~ /^since=/ && $i > since) since = $i
      }
    }
    END {
      done = is[2] == wanted && is[3] == wanted && pods == wanted && seen[1] >= seen[2]
      good = is[6] ~ /none/ ? "running" : "ready"
      state = bad != "" ? bad : wanted == 0 ? (pods ? "ending" : "none") : done ? good : "progressing"
      print ENVIRON["name"], wanted + pods ? "up" : "down", state, is[5], "replicas=" wanted, "ready=" is[2], "pods=" pods + 0, since
    }`;

const HPA =
  '{{range .items}}{{.spec.scaleTargetRef.kind}}/{{.spec.scaleTargetRef.name}} {{.metadata.name}}{{"\\n"}}{{end}}';

/** How many replicas $name had by these files, where it was up the last time. */
const counted = (files: string): string =>
  `cat ${files} 2> /dev/null | name="$name" awk '$1 == ENVIRON["name"] && match($0, / replicas=[0-9]+/) {
    last = substr($0, RSTART + 10, RLENGTH - 10); if ($2 == "up") up = last
  } END { print up == "" ? last : up }'`;

const NOTE = "lifeboat.run/replicas-";

function stopping(target: Target): string {
  const kubectl = shellLine(kubectlOf(target));
  return `for name do
  now=$(${kubectl} get "$name" -o go-template='{{or .spec.replicas 0}}') || exit
  test "$now" != 0 || continue
  n=$(${counted('"$record"')})
  ${kubectl} annotate --overwrite "$name" ${NOTE}${target.tag}="$n" || exit
  ${kubectl} scale "$name" --current-replicas="$n" --replicas=0 || exit
done`;
}

/** Scales to the number in these records, else to what the step says. */
function starting(target: Target, files: string): string {
  const kubectl = shellLine(kubectlOf(target));
  return `for name do
  n=$(${counted(files)})
  n=\${n:-${target.replicas ?? ""}}
  test -n "$n" || { echo "nobody has recorded how many replicas $name had: give replicas in the step" >&2; exit 1; }
  ${kubectl} scale "$name" --replicas="$n" || exit
  ${kubectl} annotate "$name" ${NOTE}${target.tag}- || exit
done`;
}

/** What is at 0 comes up; what runs keeps its number. Objects are not made: that is what manifests are for. */
function bringingUp(target: Target): string {
  const kubectl = shellLine(kubectlOf(target));
  return `for name do
  now=$(${kubectl} get "$name" -o go-template='{{or .spec.replicas 0}}') || exit
  test "$now" = 0 || continue
  ${kubectl} scale "$name" --current-replicas=0 --replicas=${target.replicas ?? 1} || exit
done`;
}

export const kubernetes: Manager = {
  words: "kubernetes",
  look: (target) => {
    const kubectl = shellLine(kubectlOf(target));
    return `  for name do
    object=$(${kubectl} get "$name" -o go-template=${shellWord(OBJECT)}) || return
    labels=\${object##* }
    pods=$(${kubectl} get pods -l "\${labels%,}" -o go-template=${shellWord(PODS)}) || return
    printf '%s\\n' "$pods" | name="$name" object="$object" awk '${LINE}' || return
  done`;
  },
  before: (target, verb) => {
    const kubectl = shellLine(kubectlOf(target));
    const names = `set -- ${shellLine(target.names)}`;
    if (verb === "restart" || verb === "wait") return names;
    return `${names}
scalers=$(${kubectl} get hpa -o go-template=${shellWord(HPA)} 2>&1) || {
  printf 'unsure whether an autoscaler would scale it back: %s\\n' "$(printf '%s\\n' "$scalers" | head -n 1)"
  scalers=
}
for name do
  printf '%s\\n' "$scalers" | name="$name" awk 'tolower($1) == tolower(ENVIRON["name"]) {
    print "refuse the HorizontalPodAutoscaler " $2 " scales " ENVIRON["name"] " and would scale it back: remove or pause it first"
  }'
done`;
  },
  act: (target, verb) => {
    if (verb === "stop") return stopping(target);
    if (verb === "restart") return `${shellLine([...kubectlOf(target), "rollout", "restart"])} "$@"`;
    if (verb === "up") return bringingUp(target);
    return starting(target, shellLine(target.stops));
  },
  argv: (target, verb, names) =>
    verb === "restart" ? [...kubectlOf(target), "rollout", "restart", ...names] : undefined,
  back: (target) => starting(target, '"$record"'),
  logs: (name) => shellLine(["kubectl", "logs", "--tail", "50", name]),
  hopeless: ({ state }) =>
    /BackOff$|^ErrImagePull$|^InvalidImageName$|Error$/.test(state) ? `its pods say ${state}` : undefined,
  secrets: ({ cluster }) => cluster?.secrets ?? {},
};
