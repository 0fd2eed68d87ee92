/** One run's alarm and its turns, kept by the host: the guest has no event loop. */
import type { EventQueue } from './event-queue.ts';

const CLOCK_ID = 0;
const ALARM_MAX_MS = 2 ** 31 - 1;

export type RunClock = {
  /** Rings once after `delayMs`, and not at what was set before. What is no delay sets none. */
  setAlarm(delayMs: unknown): void;
  /** Tells the guest when what the host has to do now is done; false where it waits for that already. */
  beginTurn(): boolean;
  stop(): void;
};

export function createRunClock(events: EventQueue): RunClock {
  let alarm: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;
  const endTurn = (): void => {
    turn = undefined;
    events.emit([CLOCK_ID, 'immediate']);
  };
  return {
    setAlarm(delayMs) {
      clearTimeout(alarm);
      const delay = Number(delayMs);
      if (!(delay >= 0)) return;
      alarm = setTimeout(() => events.emit([CLOCK_ID, 'alarm']), Math.min(delay, ALARM_MAX_MS));
    },
    beginTurn() {
      if (turn !== undefined) return false;
      turn = setImmediate(endTurn);
      return true;
    },
    stop() {
      clearTimeout(alarm);
      clearImmediate(turn);
    },
  };
}
