import type { ListrRenderer } from "listr2";

/**
 * listr2 runs the steps and draws nothing: what there is to see goes through the journal to the presenters. A renderer
 * that wrote to the terminal would fight with Ink for it.
 */
export class EventRenderer implements ListrRenderer {
  static nonTTY = true;
  static rendererOptions: never;
  static rendererTaskOptions: never;

  render(): void {}

  end(): void {}
}
