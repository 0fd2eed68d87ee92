/** What a process was told to do and has not answered yet. */
export type Patience = {
  /** Waits for the answer to `what`; what is waited for already is not waited for longer. */
  awaitAnswer(what: string, withinMs: number): void;
  answered(what: string): void;
  answeredAll(): void;
};

/** `giveUp` is called where an answer does not come in time. */
export const createPatience = (giveUp: () => void): Patience => {
  const awaited = new Map<string, NodeJS.Timeout>();
  /** If this process stood still, what was answered meanwhile is read before it is looked for. */
  const unlessAnswered = (what: string) => (): void =>
    void setImmediate(() => {
      if (awaited.has(what)) giveUp();
    });
  const answered = (what: string): void => {
    clearTimeout(awaited.get(what));
    awaited.delete(what);
  };
  return {
    awaitAnswer(what, withinMs) {
      if (!awaited.has(what)) awaited.set(what, setTimeout(unlessAnswered(what), withinMs).unref());
    },
    answered,
    answeredAll: () => [...awaited.keys()].forEach(answered),
  };
};
