import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCheckLimits } from './check-limits.ts';

afterEach(() => void vi.useRealTimers());

const done = async () => 'done';
const reasonOf = (error: { reason: string }) => error.reason;

describe('checks of a source', () => {
  it('are ten at once for a pool, then two a second', async () => {
    let nowMs = 0;
    const limits = createCheckLimits(() => nowMs);
    const check = (pool = 'a') => limits.run(pool, done).catch(reasonOf);
    for (let n = 0; n < 10; n += 1) expect(await check()).toBe('done');
    expect([await check(), await check('b')]).toEqual(['TOO_MANY_CHECKS', 'done']);
    nowMs = 500;
    expect([await check(), await check()]).toEqual(['done', 'TOO_MANY_CHECKS']);
    nowMs = 3_600_000;
    for (let n = 0; n < 10; n += 1) expect(await check()).toBe('done');
    expect(await check()).toBe('TOO_MANY_CHECKS');
  });

  it('are one at a time for a pool and four altogether, also when they fail', async () => {
    const limits = createCheckLimits(() => 0);
    const gate = Promise.withResolvers<string>();
    const waiting = ['a', 'b', 'c', 'd'].map((pool) => limits.run(pool, () => gate.promise).catch(String));
    expect(await limits.run('a', done).catch(reasonOf)).toBe('TOO_MANY_CHECKS');
    expect(await limits.run('e', done).catch(reasonOf)).toBe('TOO_MANY_CHECKS');
    gate.reject(new Error('away'));
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 4 }, () => 'Error: away'));
    expect([await limits.run('a', done), await limits.run('e', done)]).toEqual(['done', 'done']);
  });

  it('go on where the clock is set back', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const limits = createCheckLimits();
    await limits.run('a', done);
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(await limits.run('a', done)).toBe('done');
  });
});
