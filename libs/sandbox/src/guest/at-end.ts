/** What is done at the end of every run, before anything is looked at. */
const atEnd: (() => void)[] = [];

/** Calls `undo` at the end of every run from now on. */
export function undoAtEnd(undo: () => void): void {
  atEnd[atEnd.length] = undo;
}

export function undoAll(): void {
  for (let i = 0; i < atEnd.length; i++) (atEnd[i] as () => void)();
}
