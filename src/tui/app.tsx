import { Static, useApp, useInput, usePaste, useStdin, useStdout } from "ink";
import { useEffect, useLayoutEffect, useMemo, useReducer, useState, useSyncExternalStore } from "react";
import { TickingClock } from "./clock.ts";
import { type Env, EnvContext } from "./hooks/use-env.ts";
import { KeyBus } from "./key-bus.ts";
import { Line } from "./parts/line.tsx";
import { Scrollback } from "./scrollback.ts";
import { ShownScreen } from "./screens/screen.tsx";
import type { Services } from "./services.ts";
import { moved, type Screen, shown, type Stack } from "./stack.ts";
import { takeDown } from "./take-down.ts";
import type { SizeSource } from "./terminal-size.ts";
import type { Theme } from "./theme.ts";

interface AppProps {
  services: Services;
  theme: Theme;
  sizes: SizeSource;
  start: Screen;
  /** Told once, when the screen is empty and all that stays is in the scrollback. */
  onLeave: (exit: number, lines: readonly string[]) => void;
}

interface Leaving {
  exit: number;
  lines: readonly string[];
}

/** The screens, the one place where keys come in, and the scrollback. */
export function App({ services, theme, sizes, start, onLeave }: AppProps) {
  const { exit, suspendTerminal } = useApp();
  const { stdin } = useStdin();
  const { stdout, write } = useStdout();
  const [stack, move] = useReducer(moved, [start] satisfies Stack);
  const [helpOpen, openHelp] = useState(false);
  const [leaving, setLeaving] = useState<Leaving>();
  const own = useMemo(
    () => ({ bus: new KeyBus(), clock: new TickingClock(services.now), scrollback: new Scrollback() }),
    [services],
  );
  const log = useSyncExternalStore(own.scrollback.subscribe, own.scrollback.snapshot);
  useInput((input, key) => own.bus.input(input, key));
  const press = useSyncExternalStore(own.bus.watch, own.bus.snapshot);
  useLayoutEffect(() => {
    if (press) own.bus.deliver(press);
  }, [own.bus, press]);
  // Bracketed paste is always on: text pasted into a menu must not act as keys.
  usePaste((text) => own.bus.paste(text));
  useEffect(() => {
    if (!leaving) return;
    onLeave(leaving.exit, leaving.lines);
    exit();
  }, [leaving, onLeave, exit]);
  const size = useSyncExternalStore(sizes.subscribe, sizes.snapshot);
  const env = useMemo<Env>(
    () => ({
      ...own,
      services,
      theme,
      move,
      size,
      helpOpen,
      openHelp,
      takeDown: (work) =>
        takeDown(
          {
            stdin,
            stdout,
            columns: sizes.snapshot().columns,
            scrollback: own.scrollback,
            suspend: suspendTerminal,
          },
          work,
        ),
      ring: () => write("\u0007"),
      leave: (code, lines = []) => setLeaving((before) => before ?? { exit: code, lines }),
    }),
    [own, services, theme, size, sizes, helpOpen, stdin, stdout, write, suspendTerminal],
  );
  const screen = shown(stack);
  return (
    <EnvContext value={env}>
      <Static items={[...log]}>{(line) => <Line key={line.key} spans={line.spans} />}</Static>
      {!leaving && (
        <ShownScreen key={`${stack.length} ${screen.kind}`} screen={screen} back={stack.length > 1} />
      )}
    </EnvContext>
  );
}
