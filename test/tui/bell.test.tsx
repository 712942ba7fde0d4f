import { afterEach, describe, expect, it } from "vitest";
import { failing } from "./failing.tsx";
import { NOW } from "./fake-services.ts";
import type { TestScreen } from "./screen.tsx";

let open: TestScreen | undefined;
afterEach(() => open?.close());

const bells = (screen: TestScreen): number =>
  screen.written().filter((part) => part.startsWith("\u0007")).length;

describe("being called", () => {
  it("rings once when a question begins to wait, and again every two minutes", async () => {
    let now = NOW;
    const { screen } = failing("artifact", { now: () => now });
    open = screen;
    await screen.until("❯ retry");
    await expect.poll(() => bells(screen)).toBe(1);
    await screen.press("down", "esc", "g");
    now = new Date(NOW.getTime() + 119_000);
    await screen.until("waits 1:57");
    expect(bells(screen)).toBe(1);
    now = new Date(NOW.getTime() + 121_000);
    await expect.poll(() => bells(screen), { timeout: 5000 }).toBe(2);
    await screen.until("❯ retry");
    await screen.press("enter");
    await screen.until("Say in #incident");
    await expect.poll(() => bells(screen)).toBe(3);
  });
});
