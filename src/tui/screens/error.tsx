import { EXIT } from "../../base/exit-codes.ts";
import { LifeboatError, messageOf } from "../../base/errors.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { Frame } from "../parts/frame.tsx";
import { labelled, prose } from "../rows.ts";
import type { Spans } from "../text.ts";

function errorSpans(error: unknown, columns: number): Spans[] {
  const facts = error instanceof LifeboatError ? error.facts : { what: messageOf(error) };
  const row = (label: string, text: string | undefined): Spans[] =>
    text === undefined
      ? []
      : text.split("\n").flatMap((line, at) => labelled(at === 0 ? label : "", line, columns));
  return [
    ...prose(facts.what, columns, "bad"),
    [""],
    ...row("where", facts.where),
    ...row("why", facts.why),
    ...row("changed", facts.changed ?? "nothing"),
    ...row("next", facts.next),
  ];
}

/** What went wrong before anything was run: what, where, why, changed or not, and what to do. */
export function ErrorScreen({ error, doing, back }: { error: unknown; doing: string; back: boolean }) {
  const env = useEnv();
  const { columns } = useBody();
  const exit = error instanceof LifeboatError ? error.exit : EXIT.bug;
  const keys = useKeys("list", {
    quit: () => env.leave(exit),
    ...(back ? { back: () => env.move({ type: "back" }) } : {}),
  });
  return (
    <Frame
      word="ERROR"
      title={`while ${doing}`}
      right={`exit ${exit}`}
      keys={keys}
      lines={errorSpans(error, columns)}
    />
  );
}
