import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Clock, createEvenTiming, holdBackMs, p95 } from './even-timing.ts';

const startedAt = 1_000_000;

/** A clock that stands still but for what is slept, and says how long that was. */
const createClock = () => {
  const slept: number[] = [];
  let nowMs = startedAt;
  let setByMs = 0;
  const clock: Clock = {
    now: () => nowMs,
    wall: () => nowMs + setByMs,
    sleep: async (ms) => {
      slept.push(ms);
      nowMs += ms;
    },
  };
  const set = (ms: number) => {
    setByMs += ms;
  };
  return { clock, slept, set, pass: (ms: number) => (nowMs += ms) };
};

const far = () => ({ deadlineMs: startedAt + 1_000_000, signal: new AbortController().signal });

describe('the time of rejections', () => {
  it('takes the time below which 95 of 100 stay', () => {
    expect(p95(Array.from({ length: 100 }, (_, index) => 100 - index))).toBe(95);
    expect(p95([7])).toBe(7);
    expect(p95([])).toBe(0);
  });

  it('lets a rejection of our own leave no sooner than the rejected runs of its connection did', async () => {
    const { clock, slept, pass } = createClock();
    const timing = createEvenTiming(clock);
    const first = timing.begin();
    pass(300);
    await timing.holdBack({ connectionId: 'a', beganMs: first, ranScript: true, mixed: true }, far());
    const second = timing.begin();
    pass(40);
    await timing.holdBack({ connectionId: 'a', beganMs: second, ranScript: false, mixed: true }, far());
    expect(slept).toEqual([260]);
  });

  it('learns nothing from rejections of our own, which would pull it down', async () => {
    const { clock, slept, pass } = createClock();
    const timing = createEvenTiming(clock);
    for (const ranScript of [true, false, false, false]) {
      const beganMs = timing.begin();
      pass(ranScript ? 500 : 10);
      await timing.holdBack({ connectionId: 'a', beganMs, ranScript, mixed: true }, far());
    }
    expect(slept).toEqual([490, 490, 490]);
  });

  const afterOneOfOurOwn = async (mixed: boolean) => {
    const { clock, slept, pass } = createClock();
    const timing = createEvenTiming(clock);
    const own = timing.begin();
    pass(250);
    await timing.holdBack({ connectionId: 'a', beganMs: own, ranScript: false, mixed: true }, far());
    const run = timing.begin();
    pass(60);
    await timing.holdBack({ connectionId: 'b', beganMs: run, ranScript: true, mixed }, far());
    return slept;
  };

  it('lets a rejected run leave no sooner than our own hash takes, where users have migrated', async () => {
    expect(await afterOneOfOurOwn(true)).toEqual([190]);
    expect(await afterOneOfOurOwn(false)).toEqual([]);
  });

  it('of one connection says nothing of another', async () => {
    const { clock, slept, pass } = createClock();
    const timing = createEvenTiming(clock);
    const beganMs = timing.begin();
    pass(300);
    await timing.holdBack({ connectionId: 'a', beganMs, ranScript: true, mixed: true }, far());
    await timing.holdBack({ connectionId: 'b', beganMs: timing.begin(), ranScript: false, mixed: true }, far());
    expect(slept).toEqual([]);
  });

  it('forgets what is older than the last 64 runs', async () => {
    const { clock, slept, pass } = createClock();
    const timing = createEvenTiming(clock);
    for (let run = 0; run < 65; run += 1) {
      const beganMs = timing.begin();
      pass(run === 0 ? 1_900 : 100);
      await timing.holdBack({ connectionId: 'a', beganMs, ranScript: true, mixed: true }, far());
    }
    const before = slept.length;
    await timing.holdBack({ connectionId: 'a', beganMs: timing.begin(), ranScript: false, mixed: true }, far());
    expect(slept.slice(before)).toEqual([100]);
  });

  it('is held back two seconds at the most, and never beyond the deadline', () => {
    const moment = { spentMs: 100, leftMs: 59_900 };
    expect(holdBackMs(9_000, moment)).toBe(1_900);
    expect(holdBackMs(9_000, { ...moment, leftMs: 400 })).toBe(350);
    expect(holdBackMs(9_000, { ...moment, leftMs: -10 })).toBe(0);
    expect(holdBackMs(50, moment)).toBe(0);
  });

  it.each([3_600_000, -3_600_000])('is what has passed, where the clock is set by %s ms meanwhile', async (setMs) => {
    const { clock, slept, set, pass } = createClock();
    const timing = createEvenTiming(clock);
    const reject = async (ms: number, during: () => void = () => undefined) => {
      const beganMs = timing.begin();
      pass(ms);
      during();
      const deadlineMs = clock.wall() + 20_000;
      const call = { deadlineMs, signal: new AbortController().signal };
      await timing.holdBack({ connectionId: 'a', beganMs, ranScript: true, mixed: true }, call);
    };
    await reject(100);
    await reject(60, () => set(setMs));
    await reject(60);
    expect(slept).toEqual([40, 40]);
  });

  afterEach(() => void vi.useRealTimers());

  /** A rejection that is to be held back for two seconds, by the clock of the machine. */
  const heldBack = async (signal: AbortSignal) => {
    vi.useFakeTimers();
    const timing = createEvenTiming();
    const call = { deadlineMs: Date.now() + 60_000, signal };
    const beganMs = timing.begin();
    await timing.holdBack({ connectionId: 'a', beganMs: beganMs - 9_000, ranScript: true, mixed: true }, call);
    return timing.holdBack({ connectionId: 'a', beganMs, ranScript: false, mixed: true }, call).then(() => 'left');
  };

  it('is waited for by the clock of the machine', async () => {
    const hangsUp = new AbortController();
    const left = heldBack(hangsUp.signal);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await Promise.race([left, 'held back'])).toBe('held back');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await Promise.race([left, 'held back'])).toBe('left');
  });

  it('is not waited for when the caller has hung up, and leaves no timer', async () => {
    const hangsUp = new AbortController();
    const left = heldBack(hangsUp.signal);
    await vi.advanceTimersByTimeAsync(0);
    hangsUp.abort();
    expect(await left).toBe('left');
    expect(vi.getTimerCount()).toBe(0);
  });
});
