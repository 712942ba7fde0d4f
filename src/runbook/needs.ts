/** One step's place in the order. `needs` undefined means: the step before. */
export interface NeedsNode {
  id: string;
  needs: readonly string[] | undefined;
}

/** What each step really waits for, the unwritten "step before" included. */
export function effectiveNeeds(steps: readonly NeedsNode[]): Map<string, readonly string[]> {
  const all = new Map<string, readonly string[]>();
  for (const [i, step] of steps.entries()) {
    const before = steps[i - 1]?.id;
    if (!all.has(step.id)) all.set(step.id, step.needs ?? (before === undefined ? [] : [before]));
  }
  return all;
}

/** The circles in `needs`, each as a → b → a, once, whichever step it is met from. */
export function cycles(needs: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (id: string, trail: readonly string[]): void => {
    const at = trail.indexOf(id);
    if (at >= 0) {
      found.push([...trail.slice(at), id]);
      return;
    }
    if (done.has(id)) return;
    for (const need of needs.get(id) ?? []) visit(need, [...trail, id]);
    done.add(id);
  };
  for (const id of needs.keys()) visit(id, []);
  return found;
}
