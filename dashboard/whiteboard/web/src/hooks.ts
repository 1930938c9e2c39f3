/** What React looks at of the board: a map, and a clock while something runs. */
import { useEffect, useReducer, useState } from "react";
import type * as Y from "yjs";

export function useMap<T>(map: Y.Map<T>): Y.Map<T> {
  const [, moved] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    map.observe(moved);
    return () => map.unobserve(moved);
  }, [map]);
  return map;
}

/** Milliseconds since 1970, each half second while `runs`. */
export function useNow(runs: boolean): number {
  const [now, set] = useState(Date.now);
  useEffect(() => {
    if (!runs) return;
    const beat = setInterval(() => set(Date.now()), 500);
    return () => clearInterval(beat);
  }, [runs]);
  return now;
}
