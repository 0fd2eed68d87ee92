/** What a socket says to who writes although the other party has ended. */
import { nextTick } from '../../ticks.ts';
import { Duplex } from '../stream.ts';

export function closedError(): Error {
  return Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' });
}

/** In the place of `write` once the other party has ended: what was begun may go on until this side ends, too. */
export function refuseWrite(
  this: InstanceType<typeof Duplex>,
  ...args: [chunk: unknown, encoding?: unknown, callback?: unknown]
): boolean {
  if (!this.writableEnded) return Duplex.prototype.write.apply(this, args as never);
  const done = typeof args[1] === 'function' ? args[1] : args[2];
  const error = closedError();
  if (typeof done === 'function') nextTick(done as () => void, error);
  this.destroy(error);
  return false;
}
