import { createLogger } from '@userferry/process';
import { startWebAnswers } from '@userferry/testing';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSigningKeys } from './signing-keys.ts';

const HOUR_MS = 3_600_000;
afterEach(() => void vi.useRealTimers());

/** An issuer that tells of one key, and who looks for keys of it. */
const startIssuer = async () => {
  const state = { kid: 'old', fetches: 0 };
  const { publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const web = await startWebAnswers((_, response) => {
    state.fetches += 1;
    response.end(JSON.stringify({ keys: [{ ...jwk, kid: state.kid, alg: 'RS256' }] }));
  });
  const log = createLogger({ service: 'test', level: 'silent' });
  const find = createSigningKeys({ issuer: web.url, jwksUrl: new URL(`${web.url}/keys`), log });
  const ask = (kid: string) =>
    (find({ alg: 'RS256', kid }, undefined as never) as Promise<unknown>).then(
      () => 'found',
      (error: { code?: string }) => error.code,
    );
  return { state, ask, web };
};

/** Somebody sets the clock; then half an hour passes. */
const setClock = (ms: number): void => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  vi.setSystemTime(Date.now() + ms);
  vi.advanceTimersByTime(HOUR_MS / 2);
};

describe.each([-HOUR_MS, 48 * HOUR_MS])('a clock that is set by %s ms', (setMs) => {
  it('keeps nobody from the keys that the issuer has now', async () => {
    const { state, ask, web } = await startIssuer();
    await using _ = web;
    expect(await ask('old')).toBe('found');
    setClock(setMs);
    state.kid = 'new';
    expect(await ask('new')).toBe('found');
  });

  it('has no key trusted on that the issuer took away half an hour ago', async () => {
    const { state, ask, web } = await startIssuer();
    await using _ = web;
    await ask('old');
    setClock(setMs);
    state.kid = 'new';
    await ask('old');
    while (state.fetches < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect.poll(() => ask('old')).not.toBe('found');
  });

  it('takes no keys away while the issuer does not answer', async () => {
    const { ask, web } = await startIssuer();
    await ask('old');
    await web[Symbol.asyncDispose]();
    setClock(setMs);
    expect(await ask('old')).toBe('found');
  });
});
