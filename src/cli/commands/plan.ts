import { planMarkdown } from "../../output/plan-markdown.ts";
import { planText } from "../../output/plan-text.ts";
import type { Choice } from "../choice.ts";
import { prepare } from "../prepare.ts";
import type { World } from "../world.ts";

/** `lifeboat plan`: every step with its exact commands; touches nothing. */
export async function showPlan(
  world: World,
  choice: Choice,
  format: "text" | "json" | "markdown",
): Promise<number> {
  const { plan } = await prepare(world, { ...choice, onlyLook: true });
  const now = world.clock.now();
  const text = {
    text: () => planText(plan, now).join("\n"),
    markdown: () => planMarkdown(plan, now).join("\n"),
    json: () => JSON.stringify(plan, null, 2),
  };
  world.stdout.write(`${text[format]()}\n`);
  return 0;
}
