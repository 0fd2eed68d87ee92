import type { Credential } from '@userferry/user-store';
import { describe, expect, it } from 'vitest';
import { createHashAhead } from './hash-ahead.ts';

const never = new AbortController().signal;

/** A hasher that writes down what it was asked for. */
const world = () => {
  const hashed: string[] = [];
  const hasher = {
    slack: true,
    isSlack: () => hasher.slack,
    hash: async (password: string) => {
      hashed.push(password);
      return { hash: `of ${password}` } as Credential;
    },
  };
  return { hashed, hasher, begin: createHashAhead(hasher) };
};

/** So many passwords, proven or not, one after the other. */
const play = async (begin: ReturnType<typeof createHashAhead>, proven: boolean, count: number) => {
  for (let n = 0; n < count; n += 1) {
    using ahead = begin('some', never);
    if (proven) await ahead.take();
  }
};

describe('a hash that is made while the script runs', () => {
  it('is begun at once, and is the one that is taken', async () => {
    const { hashed, begin } = world();
    using ahead = begin('hunter2', never);
    expect(hashed).toEqual(['hunter2']);
    expect(await ahead.take()).toEqual({ hash: 'of hunter2' });
    expect(hashed).toEqual(['hunter2']);
  });

  it('waits for the proof where others need the processor', async () => {
    const { hashed, hasher, begin } = world();
    hasher.slack = false;
    using ahead = begin('hunter2', never);
    expect(hashed).toEqual([]);
    expect(await ahead.take()).toEqual({ hash: 'of hunter2' });
  });

  it('waits for the proof while most passwords are wrong, and no longer', async () => {
    const { hashed, begin } = world();
    await play(begin, false, 40);
    const wasted = hashed.length;
    expect(wasted).toBeLessThan(16);
    await play(begin, false, 100);
    expect(hashed).toHaveLength(wasted);
    await play(begin, true, 40);
    using _ = begin('a last one', never);
    expect(hashed.at(-1)).toBe('a last one');
  });

  it('and comes to nothing tells whoever takes it, and nobody else', async () => {
    const refusal = new Error('too many');
    const begin = createHashAhead({ isSlack: () => true, hash: () => Promise.reject(refusal) });
    begin('hunter2', never)[Symbol.dispose]();
    // Begun now, and left alone: the process does not end of it.
    void createHashAhead({ isSlack: () => false, hash: () => Promise.reject(refusal) })('hunter2', never).take();
    await new Promise(setImmediate);
    using ahead = begin('hunter2', never);
    await expect(ahead.take()).rejects.toBe(refusal);
  });
});
