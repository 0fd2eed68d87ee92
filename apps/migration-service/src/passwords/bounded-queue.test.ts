import { describe, expect, it } from 'vitest';
import { createBoundedQueue } from './bounded-queue.ts';

const never = new AbortController().signal;

/** A task that runs until it is told to end. */
const held = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { task: () => promise, end: resolve };
};

describe('the queue of hashes', () => {
  it('runs so many at a time, lets so many wait and refuses the rest at once as overload', async () => {
    const queue = createBoundedQueue({ inFlightMax: 1, waitingMax: 1 });
    const first = held();
    const order: string[] = [];
    const running = queue.run(first.task, never).then(() => order.push('first'));
    const waiting = queue.run(async () => order.push('second'), never);
    await expect(queue.run(async () => order.push('third'), never)).rejects.toMatchObject({
      reason: 'SERVICE_UNAVAILABLE',
      code: 'UNAVAILABLE',
    });
    expect(order).toEqual([]);
    first.end();
    await Promise.all([running, waiting]);
    expect(order.sort()).toEqual(['first', 'second']);
  });

  it('is slack while one more is half of what may run at the most, and never where one may', async () => {
    expect(createBoundedQueue({ inFlightMax: 1, waitingMax: 0 }).isSlack()).toBe(false);
    const queue = createBoundedQueue({ inFlightMax: 2, waitingMax: 0 });
    const first = held();
    expect(queue.isSlack()).toBe(true);
    const running = queue.run(first.task, never);
    expect(queue.isSlack()).toBe(false);
    first.end();
    await running;
    expect(queue.isSlack()).toBe(true);
  });

  it('passes over a caller who hung up while it waited', async () => {
    const queue = createBoundedQueue({ inFlightMax: 1, waitingMax: 5 });
    const first = held();
    const caller = new AbortController();
    let ran = false;
    const running = queue.run(first.task, never);
    const waiting = queue.run(async () => {
      ran = true;
    }, caller.signal);
    caller.abort();
    first.end();
    await expect(waiting).rejects.toMatchObject({ reason: 'CANCELLED' });
    await running;
    expect(ran).toBe(false);
  });

  it('goes on after a task that failed', async () => {
    const queue = createBoundedQueue({ inFlightMax: 1, waitingMax: 0 });
    await expect(queue.run(() => Promise.reject(new Error('x')), never)).rejects.toThrow('x');
    expect(await queue.run(async () => 'next', never)).toBe('next');
  });
});
