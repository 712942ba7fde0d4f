/** Resolves once the condition holds. A test waits on conditions; its own time limit is the only clock. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((again) => setTimeout(again, 20));
}
