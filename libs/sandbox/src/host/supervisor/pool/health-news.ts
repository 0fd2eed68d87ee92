/** Tells whoever listens when something that is looked at again and again has changed. */
export const createHealthNews = (isWell: () => boolean) => {
  const listeners: ((well: boolean) => void)[] = [];
  let was = true;
  return {
    look(): void {
      const well = isWell();
      if (well === was) return;
      was = well;
      for (const listener of listeners) listener(well);
    },
    listen(listener: (well: boolean) => void): void {
      listeners.push(listener);
      if (!was) listener(was);
    },
  };
};
