import { Connection } from '@userferry/contracts/management/v1/connection_service';
import { createLogger, type Logger } from '@userferry/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_SCOPES } from '../../access/scopes.ts';
import { type Api, bearer, OWN_PAGE, SECRET, signIn, startApi } from '../../testing/api-world.ts';
import { createSealer } from './sealer.ts';
import { newSession, type Session, sessionCookie } from './session.ts';

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());
let api: Api;
beforeAll(async () => {
  api = stack.use(await startApi());
});

const log = createLogger({ service: 'test', level: 'silent' });
const MINUTE_MS = 60_000;
const CALL = 'ConnectionService/GetConnection';
const POOL = { userPoolId: 'pool-a' };

/** A cookie of the deployment as it would be some time after the sign-in. */
const cookieOf = (session: Partial<Session>, secret = SECRET): Record<string, string> => {
  const whole = { ...newSession('admin-of-a', Date.now()), ...session };
  return { cookie: sessionCookie(whole, createSealer(secret, log))?.split(';')[0] ?? '', ...OWN_PAGE };
};
const reasonWith = async (headers: Record<string, string>) => (await api.post(CALL, POOL, headers)).json.error?.reason;
/** What is let in ends at a store that is not there. */
const LET_IN = 'INTERNAL';

describe('a sign-in', () => {
  it('with a management key says what its holder may, and gives a cookie that no script and no other site sees', async () => {
    const { status, json, headers } = await api.post('session', { apiKey: 'admin-of-a' }, OWN_PAGE);
    expect([status, json]).toEqual([
      200,
      { callerId: 'k2', role: 'admin', scopes: ROLE_SCOPES.admin, pools: ['pool-a'], expiresAt: expect.any(String) },
    ]);
    const hours = (Date.parse(String(json.expiresAt)) - Date.now()) / 3_600_000;
    expect(Math.round(hours * 10) / 10).toBe(8);
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-userferry_session=[\w-]+; Max-Age=1800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it('keeps the key out of the answer, and out of what the cookie shows', async () => {
    const { text, headers } = await api.post('session', { apiKey: 'admin-of-a' }, OWN_PAGE);
    const cookie = headers.get('set-cookie') ?? '';
    const sealed = Buffer.from(/=([\w-]+);/.exec(cookie)?.[1] ?? '', 'base64url').toString('latin1');
    for (const shown of [text, cookie, sealed]) expect(shown).not.toContain('admin-of-a');
  });

  it('is refused for an unknown key, one of the edge, or a body that is another', async () => {
    await using world = await startApi();
    const reason = async (body: unknown) => {
      const beganMs = performance.now();
      const { status, json, headers, text } = await world.post('session', body, OWN_PAGE);
      expect([headers.get('set-cookie'), text.includes('hunter2')]).toEqual([null, false]);
      // Which part was wrong does not show in the time: all take as long. (Timers may be a millisecond early.)
      expect(performance.now() - beganMs).toBeGreaterThan(498);
      return [status, json.error?.reason];
    };
    expect(await reason({ apiKey: 'hunter2' })).toEqual([401, 'UNAUTHENTICATED']);
    expect(await reason({ apiKey: 'edge-of-a' })).toEqual([403, 'PERMISSION_DENIED']);
    for (const body of ['hunter2', '{"apiKey":', { apiKey: 7 }, { apiKey: 'operator', hunter2: 1 }, [], null])
      expect(await reason(body)).toEqual([400, 'INVALID_ARGUMENT']);
  });

  it('is not taken from a page of another site, nor in the form that such a page can send', async () => {
    for (const headers of [
      {},
      { ...OWN_PAGE, 'sec-fetch-site': 'cross-site' },
      { ...OWN_PAGE, origin: 'https://x.example' },
    ]) {
      const { status, json, headers: answered } = await api.post('session', { apiKey: 'operator' }, headers);
      expect([status, json.error?.reason, answered.get('set-cookie')]).toEqual([403, 'FOREIGN_CALL', null]);
    }
    const form = await api.send(
      'POST',
      '/api/v1/session',
      { ...OWN_PAGE, 'content-type': 'text/plain' },
      '{"apiKey":"operator"}',
    );
    expect(form.status).toBe(415);
  });

  it('is in the log: who got in, and that somebody did not and why, without the key and without an address', async () => {
    const told: unknown[] = [];
    const write = (facts: Record<string, unknown>, message: string) => told.push([message, facts]);
    await using world = await startApi({}, { log: { ...log, info: write, warn: write } as unknown as Logger });
    const headers = { ...OWN_PAGE, 'x-request-id': 'a-sign-in' };
    const attempt = (apiKey: string) => world.post('session', { apiKey }, headers);
    await attempt('admin-of-a');
    await Promise.all(Array.from({ length: 10 }, () => attempt('nobodys-key')));
    await attempt('operator');
    const failed = (reason: string) => ['a sign-in with a key failed', { requestId: 'a-sign-in', reason }];
    expect(told).toEqual([
      ['signed in to the console', { requestId: 'a-sign-in', actor: 'k2' }],
      ...Array.from({ length: 10 }, () => failed('UNAUTHENTICATED')),
      failed('TOO_MANY_SIGN_INS'),
    ]);
  });

  it('that fails ten times from an address has to wait, and the right key, too', async () => {
    await using world = await startApi();
    const attempt = (apiKey: string) => world.post('session', { apiKey }, OWN_PAGE);
    for (let n = 0; n < 3; n += 1) expect((await attempt('operator')).status).toBe(200);
    const failed = await Promise.all(Array.from({ length: 10 }, (_, n) => attempt(`nobodys-${n}`)));
    expect(failed.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 401));
    for (const key of ['nobodys', 'operator']) {
      const { status, json, headers } = await attempt(key);
      expect([status, json.error?.reason, Number(headers.get('retry-after')) > 0]).toEqual([
        429,
        'TOO_MANY_SIGN_INS',
        true,
      ]);
    }
  });
});

describe('an address that a proxy tells', () => {
  const failures = async (trustedProxies: readonly string[]) => {
    await using world = await startApi({}, { trustedProxies });
    const attempt = async (from: string) =>
      (await world.post('session', { apiKey: 'nobodys' }, { ...OWN_PAGE, 'x-forwarded-for': from })).status;
    await Promise.all(Array.from({ length: 10 }, () => attempt('192.0.2.1')));
    return [await attempt('192.0.2.1'), await attempt('192.0.2.2')];
  };

  it('counts where the proxy is one that is named, and nowhere else', async () => {
    expect(await failures(['127.0.0.0/8'])).toEqual([429, 401]);
    expect(await failures([])).toEqual([429, 429]);
    expect(await failures(['192.0.2.0/24'])).toEqual([429, 429]);
  });

  it('and the host by which our own page knows us are believed together', async () => {
    const told = { ...OWN_PAGE, origin: 'https://userferry.example', 'x-forwarded-host': 'userferry.example' };
    const status = async (trustedProxies: readonly string[]) => {
      await using world = await startApi({}, { trustedProxies });
      return (await world.post('session', { apiKey: 'operator' }, told)).status;
    };
    expect([await status(['127.0.0.1']), await status([])]).toEqual([200, 403]);
  });
});

describe('a session', () => {
  it('tells who is signed in, and is over when it is deleted', async () => {
    const cookie = await signIn(api, 'operator');
    const { status, json } = await api.send('GET', '/api/v1/session', cookie);
    expect([status, json.role, json.pools]).toEqual([200, 'operator', ['*']]);
    const out = await api.send('DELETE', '/api/v1/session', cookie);
    expect([out.status, out.headers.get('set-cookie')]).toEqual([
      204,
      '__Host-userferry_session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict',
    ]);
    expect((await api.send('GET', '/api/v1/session')).status).toBe(401);
  });

  it('is over after half an hour without a call, after eight hours, and when the token that it holds is', async () => {
    const now = Date.now();
    expect(await reasonWith(cookieOf({ usedMs: now - 29 * MINUTE_MS }))).toBe(LET_IN);
    expect(await reasonWith(cookieOf({ usedMs: now - 31 * MINUTE_MS }))).toBe('UNAUTHENTICATED');
    expect(await reasonWith(cookieOf({ endsMs: now - 1 }))).toBe('UNAUTHENTICATED');
    expect(newSession('x', now, now + 1_000).endsMs).toBe(now + 1_000);
    expect(newSession('x', now).endsMs).toBe(now + 8 * 60 * MINUTE_MS);
  });

  it('of a time that is still to come is none: a clock that was ahead when it began would let it live so much longer', async () => {
    const now = Date.now();
    const ahead = (minutes: number) => newSession('admin-of-a', now + minutes * MINUTE_MS);
    expect(await reasonWith(cookieOf(ahead(4)))).toBe(LET_IN);
    expect(await reasonWith(cookieOf(ahead(6)))).toBe('UNAUTHENTICATED');
    expect(await reasonWith(cookieOf(ahead(365 * 24 * 60)))).toBe('UNAUTHENTICATED');
    expect(await reasonWith(cookieOf({ usedMs: now + 6 * MINUTE_MS }))).toBe('UNAUTHENTICATED');
  });

  it('goes on with each use, though not beyond its end', async () => {
    const connections = { getConnection: async () => Connection.fromPartial({}) };
    const history = { listScriptRuns: async () => ({ runs: [], nextPageToken: '' }) };
    await using world = await startApi({ connections: connections as never, history: history as never });
    const now = Date.now();
    const renewal = async (session: Partial<Session>) => {
      const { status, headers } = await world.post(CALL, POOL, cookieOf(session));
      expect(status).toBe(200);
      return headers.get('set-cookie');
    };
    expect(await renewal({})).toBe(null);
    expect(await renewal({ usedMs: now - 2 * MINUTE_MS })).toMatch(/Max-Age=1800;/);
    expect(await renewal({ usedMs: now - 2 * MINUTE_MS, endsMs: now + 5 * MINUTE_MS })).toMatch(/Max-Age=(299|300);/);
  });

  it('goes on with a call that is refused, too: somebody is there who made it', async () => {
    const used = cookieOf({ usedMs: Date.now() - 2 * MINUTE_MS });
    for (const [call, expected] of [
      ['ConnectionService/GetScript', 400],
      ['UserPoolService/SetPlan', 403],
    ] as const) {
      const { status, headers } = await api.post(call, POOL, used);
      expect([status, headers.get('set-cookie')]).toEqual([expected, expect.stringMatching(/Max-Age=1800;/)]);
    }
    const nobodys = cookieOf({ credential: 'nobodys-key', usedMs: Date.now() - 2 * MINUTE_MS });
    expect((await api.post(CALL, POOL, nobodys)).headers.get('set-cookie')).toBe(null);
  });

  it('is not kept awake by what a page asks again by itself, with nobody there', async () => {
    const connections = { getConnection: async () => Connection.fromPartial({}) };
    const history = { listScriptRuns: async () => ({ runs: [], nextPageToken: '' }) };
    await using world = await startApi({ connections: connections as never, history: history as never });
    const idle = cookieOf({ usedMs: Date.now() - 2 * MINUTE_MS });
    const renewal = async (headers: Record<string, string>) => {
      const { status, headers: answered } = await world.post(CALL, POOL, { ...idle, ...headers });
      expect(status).toBe(200);
      return answered.get('set-cookie');
    };
    expect(await renewal({ 'x-userferry-unattended': '1' })).toBe(null);
    expect(await renewal({ 'x-userferry-unattended': '0' })).toMatch(/Max-Age=1800;/);
    expect(await renewal({})).toMatch(/Max-Age=1800;/);
  });

  it('ends with its key: it is asked for anew with each call', async () => {
    await using world = await startApi();
    const cookie = await signIn(world, 'admin-of-a');
    world.callers.clear();
    // A key that was found is believed for ten seconds; another gateway has not found it yet.
    await using other = await startApi();
    other.callers.clear();
    expect((await other.post(CALL, POOL, cookie)).json.error?.reason).toBe('UNAUTHENTICATED');
  });

  it('is worth nothing where it was not sealed, when it was changed, or as something else', async () => {
    const sealed = cookieOf({});
    const changed = sealed.cookie?.replace(
      /.(.{5})$/,
      (_, rest) => `${sealed.cookie?.at(-6) === 'A' ? 'B' : 'A'}${rest}`,
    );
    const other = createSealer(SECRET, log).seal('oidc', newSession('admin-of-a', Date.now()));
    for (const cookie of [
      changed,
      cookieOf({}, 'another-secret-of-forty-characters-or-so').cookie,
      `__Host-userferry_session=${other}`,
      '__Host-userferry_session=',
      `__Host-userferry_session=${'A'.repeat(4_000)}`,
      sealed.cookie?.replace('__Host-', ''),
    ])
      expect(await reasonWith({ ...OWN_PAGE, cookie: cookie ?? '' })).toBe('UNAUTHENTICATED');
    expect(await reasonWith(sealed)).toBe(LET_IN);
  });

  it('is not made of a token that no browser would keep', async () => {
    expect(sessionCookie(newSession('x'.repeat(4_000), Date.now()), createSealer(SECRET, log))).toBe(undefined);
  });
});

describe('a call with the cookie', () => {
  const site = (value: string) => ({ 'sec-fetch-site': value });
  it.each([
    ['our own page', { 'x-userferry-csrf': '1' }, LET_IN],
    ['our own page, as browsers say', { 'x-userferry-csrf': '1', ...site('same-origin') }, LET_IN],
    ['a form of any site', {}, 'FOREIGN_CALL'],
    ['the wrong header', { 'x-userferry-csrf': '0' }, 'FOREIGN_CALL'],
    ['another site', { 'x-userferry-csrf': '1', ...site('cross-site') }, 'FOREIGN_CALL'],
    ['a neighbour of the site', { 'x-userferry-csrf': '1', ...site('same-site') }, 'FOREIGN_CALL'],
    ['the address bar', { 'x-userferry-csrf': '1', ...site('none') }, 'FOREIGN_CALL'],
    ['another origin', { 'x-userferry-csrf': '1', origin: 'https://evil.example' }, 'FOREIGN_CALL'],
    ['an origin of another port', { 'x-userferry-csrf': '1', origin: 'http://127.0.0.1:1' }, 'FOREIGN_CALL'],
    ['no origin that can be told', { 'x-userferry-csrf': '1', origin: 'null' }, 'FOREIGN_CALL'],
  ])('from %s', async (_, headers: Record<string, string>, expected) => {
    const { cookie = '' } = cookieOf({});
    expect(await reasonWith({ ...headers, cookie })).toBe(expected);
  });

  it('from our own origin, by its name', async () => {
    const { cookie = '' } = cookieOf({});
    expect(await reasonWith({ cookie, 'x-userferry-csrf': '1', origin: api.origin })).toBe(LET_IN);
  });

  it('and with a key beside it is the key’s, and needs none of that', async () => {
    const { cookie = '' } = cookieOf({});
    expect(await reasonWith({ ...bearer('edge-of-a'), cookie })).toBe('PERMISSION_DENIED');
    expect(await reasonWith({ ...bearer('nobodys-key'), cookie })).toBe('UNAUTHENTICATED');
  });
});
