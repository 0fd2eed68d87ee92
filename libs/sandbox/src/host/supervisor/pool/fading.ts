/** A number for each key that halves with time; nothing is kept of a key whose number has become next to nothing. */
export type Fading = {
  current(key: string): number;
  /** The number and when it was, at the last count. */
  last(key: string): { readonly value: number; readonly at: number } | undefined;
  count(key: string): void;
};

const FORGOTTEN_BELOW = 0.05;

export const createFading = (halfLifeMs: number, now: () => number): Fading => {
  const entries = new Map<string, { readonly value: number; readonly at: number }>();
  let forgotAt = now();
  const current = (key: string): number => {
    const entry = entries.get(key);
    return entry === undefined ? 0 : entry.value * 0.5 ** ((now() - entry.at) / halfLifeMs);
  };
  const forget = (): void => {
    forgotAt = now();
    for (const key of entries.keys()) if (current(key) < FORGOTTEN_BELOW) entries.delete(key);
  };
  return {
    current,
    last: (key) => entries.get(key),
    count(key) {
      if (now() - forgotAt > halfLifeMs) forget();
      entries.set(key, { value: current(key) + 1, at: now() });
    },
  };
};
