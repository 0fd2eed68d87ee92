/** What a run that has ended still waits for, and how long. */
import { LIMITS } from './limits.ts';
import type { RunBridge } from './run-bridge.ts';
import type { Slot } from './slot.ts';

const SETTLE_STEP_MS = 5;

/**
 * Waits until servers have let go of the connections that drivers have taken leave of; not past the run's deadline, nor once
 * the run is given up: its supervisor would take the host for stuck.
 */
export const left = (bridge: RunBridge, leftMs: number, givenUp: Promise<void>): Promise<void> =>
  new Promise((resolve) => {
    const late = setTimeout(resolve, Math.min(LIMITS.settleMs, leftMs));
    const once = (): void => resolve(clearTimeout(late));
    bridge.whenLeft(once);
    void givenUp.then(once);
  });

/**
 * Waits for what the run left open to close by itself, which drivers do a little after their `end`, and for what of it is
 * still at work in the isolate.
 */
export async function settled(bridge: RunBridge, slot: Slot): Promise<boolean> {
  const untilMs = performance.now() + LIMITS.settleMs;
  while (!bridge.isQuiet() && performance.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS));
  return (await slot.isLeft(LIMITS.settleMs)) && bridge.isQuiet();
}
