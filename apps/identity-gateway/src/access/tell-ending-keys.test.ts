import type { Caller } from '@userferry/grpc';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTellEndingKeys } from './tell-ending-keys.ts';

const DAY_MS = 86_400_000;
const caller: Caller = { role: 'edge', userPoolIds: ['pool'], scopes: ['logins'], id: 'key-1' };

const createWorld = () => {
  const lines: object[] = [];
  const log = { warn: (facts: unknown, message?: unknown) => lines.push({ ...(facts as object), message }) };
  const tell = createTellEndingKeys(log as never);
  return {
    lines,
    use: (leftMs: number, id = 'key-1') => tell({ caller: { ...caller, id }, validUntilMs: Date.now() + leftMs }),
  };
};

describe('an API key in use', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is told of once a day within its last week, with whose it is and when it ends', () => {
    const { lines, use } = createWorld();
    use(3.5 * DAY_MS);
    use(3.5 * DAY_MS);
    const ends = new Date(Date.now() + 3.5 * DAY_MS).toISOString();
    const facts = { apiKeyId: 'key-1', role: 'edge', userPoolIds: ['pool'], ends, daysLeft: 3 };
    expect(lines).toEqual([{ ...facts, message: 'an API key in use ends soon' }]);
    use(3.5 * DAY_MS, 'key-2');
    vi.advanceTimersByTime(DAY_MS + 1);
    use(2.5 * DAY_MS);
    expect(lines).toHaveLength(3);
  });

  it.each([
    ['never', Number.POSITIVE_INFINITY],
    ['later', 8 * DAY_MS],
    ['before, which its caller is told', -1],
  ])('is not told of where it ends %s', (_, leftMs) => {
    const { lines, use } = createWorld();
    use(leftMs);
    expect(lines).toEqual([]);
  });
});
