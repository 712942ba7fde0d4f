import { isStoreAction } from "../../runbook/store-kinds/registry.ts";
import { BRING_UP_KINDS } from "../../runbook/runbook-schema.ts";
import { kindInWords } from "../store-guess.ts";
import type { Made } from "../steps/make.ts";
import type { Estate } from "../system-draft.ts";

/** How many steps at the beginning only bring servers up: they go before everything that asks a store. */
export function bringUpCount(steps: readonly Made[], estate: Estate): number {
  const firstAsked = steps.findIndex(({ fields }) => !BRING_UP_KINDS.includes(String(fields["kind"])));
  const asked = String(steps[firstAsked]?.fields["kind"]);
  if (firstAsked < 0 || !isStoreAction(asked)) return 0;
  const servers = new Set(
    estate.stores.flatMap(({ candidate }) =>
      [candidate.service?.name, candidate.service?.container].filter((name) => name !== undefined),
    ),
  );
  const kinds = new Set<string | undefined>(estate.stores.map(({ candidate }) => candidate.kind));
  const head = steps.slice(0, firstAsked);
  const up = head.findLastIndex(({ fields }) => {
    const names = Array.isArray(fields["names"])
      ? fields["names"].map((name) => (typeof name === "string" ? name : ""))
      : [];
    return (
      ["up", "start"].includes(String(fields["do"])) &&
      (names.length === 0 || names.some((name) => servers.has(name) || kinds.has(kindInWords(name))))
    );
  });
  if (up < 0) return 0;
  const after = head.slice(up + 1).findIndex(({ fields }) => fields["kind"] !== "wait");
  const count = after < 0 ? head.length : up + 1 + after;
  return count === steps.length ? 0 : count;
}
