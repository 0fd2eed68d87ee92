import { createHmac, createSign, KeyObject } from 'node:crypto';
import { createLogger } from '@userferry/process';
import { startWebAnswers } from '@userferry/testing';
import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSigningKeys, type SigningKeysOptions } from './signing-keys.ts';
import { createVerifyToken, isToken } from './verify-token.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const AUDIENCE = 'userferry';
const stacks: AsyncDisposableStack[] = [];
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.disposeAsync();
});

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let pairs: Readonly<Record<'old' | 'new' | 'foreign', Pair>>;
beforeAll(async () => {
  const [old, next, foreign] = await Promise.all(
    ['RS256', 'ES256', 'RS256'].map((alg) => generateKeyPair(alg, { extractable: true })),
  );
  pairs = { old, new: next, foreign } as typeof pairs;
});

/** A real issuer on loopback: discovery and its keys, which can be changed, and which can be away. */
const startIssuer = async (options: Partial<SigningKeysOptions> = {}) => {
  const stack = new AsyncDisposableStack();
  stacks.push(stack);
  const state = { keys: ['old'] as (keyof typeof pairs)[], away: false, issuer: '' };
  const answer = async (path: string): Promise<object> => {
    if (path === '/.well-known/openid-configuration') return { issuer: state.issuer, jwks_uri: `${web.url}/keys` };
    return {
      keys: await Promise.all(state.keys.map(async (kid) => ({ ...(await exportJWK(pairs[kid].publicKey)), kid }))),
    };
  };
  const web = stack.use(
    await startWebAnswers((request, response) => {
      if (state.away) response.writeHead(503).end();
      else void answer(request.url ?? '').then((body) => response.end(JSON.stringify(body)));
    }),
  );
  state.issuer = web.url;
  const issuer = web.url;
  const keys = createSigningKeys({ issuer, log, cooldownMs: 0, ...options });
  const rules = { issuer, audience: AUDIENCE, claims: { scopes: 'scope', pools: 'user_pools' }, clockSkewSeconds: 30 };
  const verify = createVerifyToken(rules, keys);
  const ask = (token: string) => verify(token).catch((error: { reason?: string }) => error.reason ?? String(error));
  const fetches = () => web.requests.filter(({ path }) => path === '/keys').length;
  return { issuer, state, ask, verify, fetches };
};

const CLAIMS = { sub: 'ci', scope: 'users:read keys:write', user_pools: ['pool-a', 'pool-b'] };
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

type Making = {
  readonly kid?: string;
  readonly key?: keyof typeof pairs;
  readonly header?: Partial<JWTHeaderParameters>;
};
const make = (
  issuer: string,
  claims: Readonly<Record<string, unknown>> = {},
  { key = 'old', kid = key, header = {} }: Making = {},
) => {
  const payload = { iss: issuer, aud: AUDIENCE, exp: inSeconds(300), ...CLAIMS, ...claims };
  const alg = key === 'new' ? 'ES256' : 'RS256';
  return new SignJWT(payload).setProtectedHeader({ alg, kid, ...header }).sign(pairs[key].privateKey);
};

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of the issuer', () => {
  it('lets its subject in as an administrator of its pools, for what it says and nothing else', async () => {
    const { issuer, ask } = await startIssuer();
    expect(await ask(await make(issuer))).toEqual({
      role: 'admin',
      userPoolIds: ['pool-a', 'pool-b'],
      scopes: ['users:read', 'keys:write'],
      id: 'token:ci',
    });
    expect(await ask(await make(issuer, { scope: undefined }))).toMatchObject({ scopes: [] });
    expect(await ask(await make(issuer, { user_pools: undefined }))).toMatchObject({ userPoolIds: [] });
    expect(await ask(await make(issuer, { scope: ['logins', 'audit:read', 7, 'unheard of'] }))).toMatchObject({
      scopes: ['audit:read'],
    });
  });

  it('makes an operator only of whom it names every pool for', async () => {
    const { issuer, ask } = await startIssuer();
    expect(await ask(await make(issuer, { user_pools: '*' }))).toMatchObject({ role: 'operator' });
    expect(await ask(await make(issuer, { user_pools: 'pool-*' }))).toMatchObject({ role: 'admin' });
  });

  it('is refused when it has ended, does not begin yet, or never ends', async () => {
    const { issuer, ask } = await startIssuer();
    expect(await ask(await make(issuer, { exp: inSeconds(-31) }))).toBe('TOKEN_EXPIRED');
    expect(await ask(await make(issuer, { nbf: inSeconds(120) }))).toBe('TOKEN_INVALID');
    expect(await ask(await make(issuer, { exp: undefined }))).toBe('TOKEN_INVALID');
    // Clocks differ.
    expect(await ask(await make(issuer, { exp: inSeconds(-10), nbf: inSeconds(10) }))).toMatchObject({
      id: 'token:ci',
    });
  });

  it('is refused for another audience, of another issuer, or without a subject that can be named', async () => {
    const { issuer, ask } = await startIssuer();
    expect(await ask(await make(issuer, { aud: 'somebody-else' }))).toBe('TOKEN_INVALID');
    expect(await ask(await make(issuer, { aud: undefined }))).toBe('TOKEN_INVALID');
    expect(await ask(await make(`${issuer}/`))).toBe('TOKEN_INVALID');
    for (const sub of [undefined, '', 'a b', 'x'.repeat(201), 'new\nline'])
      expect(await ask(await make(issuer, { sub }))).toBe('TOKEN_INVALID');
  });
});

describe('a forged token', () => {
  it('without a signature, or signed with what everybody knows, is refused', async () => {
    const { issuer, ask } = await startIssuer();
    const payload = base64({ iss: issuer, aud: AUDIENCE, exp: inSeconds(300), ...CLAIMS });
    for (const alg of ['none', 'None', 'NONE']) {
      expect(await ask(`${base64({ alg, kid: 'old' })}.${payload}.`)).toBe('TOKEN_INVALID');
      expect(await ask(`${base64({ alg, kid: 'old' })}.${payload}.AAAA`)).toBe('TOKEN_INVALID');
    }
    const signed = `${base64({ alg: 'HS256', kid: 'old' })}.${payload}`;
    for (const secret of [await exportSPKI(pairs.old.publicKey), JSON.stringify(await exportJWK(pairs.old.publicKey))])
      expect(await ask(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`)).toBe(
        'TOKEN_INVALID',
      );
  });

  it('that brings its own key, or names one as a path, a query or nothing, is refused', async () => {
    const { issuer, ask } = await startIssuer();
    const jwk = await exportJWK(pairs.foreign.publicKey);
    const headers: Partial<JWTHeaderParameters>[] = [{ jwk }, { jku: `${issuer}/keys` }, { x5u: `${issuer}/keys` }];
    for (const header of headers)
      expect(await ask(await make(issuer, {}, { key: 'foreign', kid: 'old', header }))).toBe('TOKEN_INVALID');
    for (const kid of ['../../../dev/null', "old' OR '1'='1", '__proto__', '', 'old\u0000'])
      expect(await ask(await make(issuer, {}, { key: 'foreign', kid }))).toBe('TOKEN_INVALID');
  });

  it('that asks for what nobody here understands is refused, however well it is signed', async () => {
    const { issuer, ask } = await startIssuer();
    const sign = (header: object): string => {
      const signed = `${base64(header)}.${base64({ iss: issuer, aud: AUDIENCE, exp: inSeconds(300), ...CLAIMS })}`;
      const key = KeyObject.from(pairs.old.privateKey as never);
      return `${signed}.${createSign('sha256').update(signed).sign(key, 'base64url')}`;
    };
    expect(await ask(sign({ alg: 'RS256', kid: 'old' }))).toMatchObject({ id: 'token:ci' });
    expect(await ask(sign({ alg: 'RS256', kid: 'old', crit: ['x'], x: 1 }))).toBe('TOKEN_INVALID');
    expect(await ask(sign({ alg: 'RS256', kid: 'old', crit: ['b64'], b64: false }))).toBe('TOKEN_INVALID');
  });

  it('whose claims were changed is refused', async () => {
    const { issuer, ask } = await startIssuer();
    const [header, , signature] = (await make(issuer)).split('.');
    const claims = base64({ iss: issuer, aud: AUDIENCE, exp: inSeconds(300), ...CLAIMS, user_pools: '*' });
    expect(await ask(`${header}.${claims}.${signature}`)).toBe('TOKEN_INVALID');
  });

  it.each(['', '.', '..', '...', 'a.b.c', 'e30.e30.', `${'x'.repeat(9_000)}.x.x`])(
    'that is rubbish is refused: %#',
    async (text) => {
      expect(await (await startIssuer()).ask(text)).toBe('TOKEN_INVALID');
    },
  );

  it('is told what is wrong in words that repeat nothing of it', async () => {
    const { issuer, verify } = await startIssuer();
    const told = await verify(await make(issuer, { aud: 's3cr3t-audience' })).catch(String);
    expect(told).toContain('claim aud');
    expect(told).not.toContain('s3cr3t');
  });
});

describe('the keys of the issuer', () => {
  it('are fetched once, and again for a token that is signed with a new one', async () => {
    const { issuer, state, ask, fetches } = await startIssuer();
    for (let n = 0; n < 3; n++) expect(await ask(await make(issuer))).toMatchObject({ id: 'token:ci' });
    expect(fetches()).toBe(1);
    state.keys = ['old', 'new'];
    expect(await ask(await make(issuer, {}, { key: 'new' }))).toMatchObject({ id: 'token:ci' });
    expect(fetches()).toBe(2);
    state.keys = ['new'];
    expect(await ask(await make(issuer, {}, { key: 'foreign' }))).toBe('TOKEN_INVALID');
    expect(await ask(await make(issuer))).toBe('TOKEN_INVALID');
  });

  it('are not asked for at the pace of whoever sends tokens with keys that nobody has', async () => {
    const { issuer, ask, fetches } = await startIssuer({ cooldownMs: 3_600_000 });
    expect(await ask(await make(issuer))).toMatchObject({ id: 'token:ci' });
    const forged = await Promise.all(
      Array.from({ length: 20 }, (_, n) => make(issuer, {}, { key: 'foreign', kid: `kid-${n}` })),
    );
    expect(new Set(await Promise.all(forged.map(ask)))).toEqual(new Set(['TOKEN_INVALID']));
    expect(fetches()).toBe(1);
  });

  it('go on while the issuer is down, however old, but not for ever', async () => {
    const { issuer, state, ask, fetches } = await startIssuer({ freshMs: 0, keptMs: 3_600_000 });
    const token = await make(issuer);
    expect(await ask(token)).toMatchObject({ id: 'token:ci' });
    state.away = true;
    for (let n = 0; n < 3; n++) expect(await ask(token)).toMatchObject({ id: 'token:ci' });
    expect(fetches()).toBe(1);
    const short = await startIssuer({ keptMs: 0 });
    expect(await short.ask(await make(short.issuer))).toBe('ISSUER_UNAVAILABLE');
  });

  it('that were never had let nobody in, and the reason is the issuer’s and not the token’s', async () => {
    const { issuer, state, ask } = await startIssuer();
    state.away = true;
    expect(await ask(await make(issuer))).toBe('ISSUER_UNAVAILABLE');
    state.away = false;
    expect(await ask(await make(issuer))).toMatchObject({ id: 'token:ci' });
  });

  it('are not taken from the discovery document of another', async () => {
    const { issuer, state, ask } = await startIssuer();
    state.issuer = 'https://somebody-else.example';
    expect(await ask(await make(issuer))).toBe('ISSUER_UNAVAILABLE');
  });
});

it('API keys are not mistaken for tokens', async () => {
  for (const key of ['ufk_abc', 'a.b.c', 'ufk_a.b.c', 'eyJ.eyJ.x', '..', `${base64({ typ: 'JWT' })}.b.c`])
    expect(isToken(key)).toBe(false);
  expect(isToken(await make('https://issuer.example'))).toBe(true);
});
