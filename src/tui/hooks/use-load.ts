import { useEffect, useEffectEvent, useState } from "react";

export type Loaded<T> = { state: "waiting"; since: number } | { state: "done"; value: T };

interface LoadOptions<T> {
  now: () => Date;
  onError: (error: unknown) => void;
  onDone?: (value: T) => void;
}

/** Asks for something once. An answer or a failure that comes after the screen is gone is dropped. */
export function useLoad<T>(ask: () => Promise<T>, { now, onError, onDone }: LoadOptions<T>): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>(() => ({ state: "waiting", since: now().getTime() }));
  const begin = useEffectEvent(ask);
  const fail = useEffectEvent(onError);
  const done = useEffectEvent((value: T) => (onDone ? onDone(value) : setLoaded({ state: "done", value })));
  useEffect(() => {
    let gone = false;
    begin().then(
      (value) => {
        if (!gone) done(value);
      },
      (error: unknown) => {
        if (!gone) fail(error);
      },
    );
    return () => {
      gone = true;
    };
  }, []);
  return loaded;
}
