import { useEffect } from "react";
import { useEnv } from "./use-env.ts";

const AGAIN_MS = 120_000;

/** Rings when a question begins to wait, and every two minutes while the same one waits; `question` names it. */
export function useBell(question: string | undefined): void {
  const { clock, ring, services } = useEnv();
  useEffect(() => {
    if (question === undefined) return undefined;
    const began = services.now().getTime();
    let rung = 0;
    ring();
    return clock.subscribe(() => {
      const due = Math.floor((clock.snapshot().getTime() - began) / AGAIN_MS);
      if (due <= rung) return;
      rung = due;
      ring();
    });
  }, [question, clock, ring, services]);
}
