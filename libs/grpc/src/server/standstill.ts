const BEAT_MS = 500;
/** Within that time a process has read what had come in while it stood still. */
const READ_MS = 1_000;

/**
 * Tells whether this process has done nothing for longer than that until just now: it was stopped, frozen with its container or
 * machine, or had no processor. What it reads then may have waited as long.
 */
export const watchStandstill = (stillMsMax: number): (() => boolean) => {
  let [beatMs, readUntilMs] = [performance.now(), 0];
  const beat = (): void => {
    const now = performance.now();
    if (now - beatMs > stillMsMax) readUntilMs = now + READ_MS;
    beatMs = now;
  };
  setInterval(beat, BEAT_MS).unref();
  return () => {
    const now = performance.now();
    // Sockets are read before the next beat, or behind it.
    return now - beatMs > stillMsMax || now < readUntilMs;
  };
};
