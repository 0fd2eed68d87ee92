/** How long a run has waited for one kind of thing. What is waited for at the same time counts once. */
export type WaitClock = {
  ms(): number;
  /** Begins to wait; call what it gives when that is over, once or more often. */
  begin(): () => void;
};

export function createWaitClock(now: () => number = () => performance.now()): WaitClock {
  let waiting = 0;
  let sinceMs = 0;
  let totalMs = 0;
  return {
    ms: () => (waiting > 0 ? totalMs + now() - sinceMs : totalMs),
    begin() {
      if (waiting === 0) sinceMs = now();
      waiting += 1;
      let over = false;
      return () => {
        if (over) return;
        over = true;
        waiting -= 1;
        if (waiting === 0) totalMs += now() - sinceMs;
      };
    },
  };
}

/** What a run waits for: connections, the store's answers, hashes and other cryptography. */
export type RunWaits = { readonly connect: WaitClock; readonly query: WaitClock; readonly hash: WaitClock };

export const createRunWaits = (): RunWaits => ({
  connect: createWaitClock(),
  query: createWaitClock(),
  hash: createWaitClock(),
});
