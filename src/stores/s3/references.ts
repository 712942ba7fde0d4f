import { shellWord } from "../../base/quote.ts";
import type { Check } from "../../step/check.ts";
import { type Command, typeable } from "../../step/command.ts";
import type { S3Restore } from "./restore-context.ts";
import { listing, script } from "./script.ts";
import type { Place } from "./tool.ts";

/** Keys that rows of another store point at, against the objects of a place. That store may be down: then it is said. */
export function referenceChecks(
  { settings, tooling }: S3Restore,
  at: Place,
  ask: ((store: string, question: string) => Command | undefined) | undefined,
): Check[] {
  const said = settings["referenced-by"];
  if (said === undefined) return [];
  const { store, sql, missing } = said;
  const title = `keys that ${store} points at`;
  const question = ask?.(store, sql);
  if (question === undefined) {
    const why = `there is no store ${store} that takes questions`;
    return [
      {
        title,
        source: { argv: ["echo", "unknown"], env: {}, secrets: {} },
        judge: "not-asked",
        args: { name: title, why },
        onError: "not checked",
      },
    ];
  }
  // The objects are listed on this machine: a store that is asked elsewhere is asked as people would, from here.
  const isFar = question.on !== undefined;
  const compare = script(tooling, [
    isFar ? `{ ${typeable(question)}\n} > "$T/asked"` : `"$@" > "$T/asked"`,
    `sed 's/%/%25/g' "$T/asked" | grep . | sort -u > "$T/references"`,
    ...listing(tooling, at, '"$T/found"'),
    // Rows hold the key with the prefix of the store or without.
    `cut -f1 "$T/found" | awk -v prefix=${shellWord(settings.prefix.replace(/^\/+|\/+$/g, ""))} '{ print } prefix != "" { print prefix "/" $0 }' | sort -u > "$T/keys"`,
    `comm -23 "$T/references" "$T/keys" > "$T/unresolved"`,
    `sed 's/^/unresolved\\t/; 20q' "$T/unresolved"`,
    `echo "! references $(wc -l < "$T/unresolved" | tr -d ' ') $(wc -l < "$T/references" | tr -d ' ')"`,
  ]);
  return [
    {
      title,
      source: isFar
        ? { ...compare, secrets: { ...question.secrets, ...compare.secrets } }
        : {
            ...question,
            ...compare,
            argv: [...compare.argv, "sh", ...question.argv],
            env: { ...question.env, ...compare.env },
            secrets: { ...question.secrets, ...compare.secrets },
          },
      judge: "s3.references",
      args: { store, missing },
      onError: "not checked",
    },
  ];
}
