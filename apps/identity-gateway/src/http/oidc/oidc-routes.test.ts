import { findFreePort } from '@userferry/local-databases';
import { createLogger } from '@userferry/process';
import { type IssuerOptions, startIssuer } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSigningKeys } from '../../access/token/signing-keys.ts';
import { createVerifyToken } from '../../access/token/verify-token.ts';
import { createGatewayCalls } from '../../create-identity-gateway.ts';
import { OWN_PAGE, SECRET, startApi } from '../../testing/api-world.ts';
import { guardedDeps } from '../../testing/guarded-world.ts';
import { createBrowser, signInAtIssuer } from '../../testing/issuer-browser.ts';
import { createSealer } from '../session/sealer.ts';
import { CALLBACK_PATH, createOidcIssuer } from './oidc-issuer.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

const AUDIENCE = 'https://userferry.example';
const BACK = /\/api\/v1\/session\/oidc\/callback/;

/** A gateway that signs in by a real issuer. */
const start = async (issued: Partial<IssuerOptions> = {}) => {
  const port = await findFreePort();
  const consoleUrl = `http://127.0.0.1:${port}`;
  const client = { clientId: 'console', clientSecret: 'a-secret-of-the-client-of-forty-characters' };
  const scopes = 'connections:read pools:read';
  const more = { ...client, audience: AUDIENCE, scopes, claims: { user_pools: ['pool-a'] }, ...issued };
  const running = stack.use(await startIssuer({ redirectUri: `${consoleUrl}${CALLBACK_PATH}`, ...more }));
  const { issuer } = running;
  const claims = { scopes: 'scope', pools: 'user_pools' };
  const rules = { issuer, audience: AUDIENCE, claims, clockSkewSeconds: 30 };
  const verifyToken = createVerifyToken(rules, createSigningKeys({ issuer, log }));
  const options = { ...client, name: 'Company', issuer, scopes: `openid ${scopes}`, resource: AUDIENCE, consoleUrl };
  const calls = createGatewayCalls({}, { ...guardedDeps(), verifyToken });
  const oidc = { name: 'Company', issuer: createOidcIssuer(options) };
  const api = stack.use(await startApi({}, { port, api: { calls, sealer: createSealer(SECRET, log), oidc } }));
  return { api, begin: `${consoleUrl}/api/v1/session/oidc`, stopIssuer: () => running[Symbol.asyncDispose]() };
};

let world: Pick<Awaited<ReturnType<typeof start>>, 'api' | 'begin'>;
beforeAll(async () => {
  world = await start();
});

/** Goes to the issuer and back; answers where the gateway leads to, and what the browser then has. */
const signInBy = async ({ begin, api }: typeof world, login = 'ada') => {
  const browser = createBrowser();
  const sentBack = await signInAtIssuer(browser, begin, { login, back: BACK });
  const response = await browser.send(sentBack);
  return { browser, sentBack, response, cookie: browser.cookiesFor(api.origin) };
};

describe('a sign-in by the issuer', () => {
  it('lets in whom its token names, for what the token says', async () => {
    const { response, cookie } = await signInBy(world);
    expect([response.status, response.headers.get('location')]).toEqual([302, '/console/']);
    const session = response.headers.getSetCookie().find((one) => one.startsWith('__Host-userferry_session='));
    expect(session).toMatch(/; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    const { json } = await world.api.send('GET', '/api/v1/session', { cookie });
    expect(json).toMatchObject({
      callerId: 'token:ada',
      role: 'admin',
      pools: ['pool-a'],
      scopes: ['connections:read', 'pools:read'],
    });
    const minutes = (Date.parse(String(json.expiresAt)) - Date.now()) / 60_000;
    expect(Math.round(minutes)).toBe(10);
    const reason = async (name: string, pool: string) =>
      (await world.api.post(name, { userPoolId: pool }, { ...OWN_PAGE, cookie })).json.error?.reason;
    expect(await reason('ConnectionService/GetConnection', 'pool-a')).toBe('INTERNAL');
    expect(await reason('ConnectionService/GetConnection', 'pool-b')).toBe('USER_POOL_NOT_FOUND');
    expect(await reason('ConnectionService/DeleteConnection', 'pool-a')).toBe('SCOPE_MISSING');
  });

  it('is told of among the ways to sign in', async () => {
    const { json } = await world.api.send('GET', '/api/v1/session/methods');
    expect(json).toEqual({ apiKey: true, oidc: { name: 'Company' } });
  });

  it('asks for a code with PKCE, state and nonce, none of which is seen twice', async () => {
    const asked = async () => {
      const response = await fetch(world.begin, { redirect: 'manual' });
      expect(response.headers.get('set-cookie')).toMatch(
        /^__Host-userferry_oidc=[\w-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      return new URL(response.headers.get('location') ?? '').searchParams;
    };
    const [one, other] = [await asked(), await asked()];
    expect([one.get('response_type'), one.get('code_challenge_method')]).toEqual(['code', 'S256']);
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one.get(name)?.length).toBeGreaterThan(20);
      expect(one.get(name)).not.toBe(other.get(name));
    }
  });
});

describe('what the issuer sends back', () => {
  const locationOf = (response: Response) => response.headers.get('location');
  const hasSession = (response: Response) => response.headers.getSetCookie().some((one) => one.includes('_session='));

  it('is of no use to a browser that did not set out from here, nor a second time', async () => {
    const { browser, sentBack } = await signInBy(world);
    for (const one of [createBrowser(), browser]) {
      const response = await one.send(sentBack);
      expect([locationOf(response), hasSession(response)]).toEqual(['/console/?signInError=TOKEN_INVALID', false]);
    }
  });

  it('belongs to the sign-in that the browser began last, whoever else sends theirs', async () => {
    const foreign = createBrowser();
    const sentBack = await signInAtIssuer(foreign, world.begin, { login: 'mallory', back: BACK });
    const victim = createBrowser();
    await victim.send(world.begin);
    const response = await victim.send(sentBack);
    expect([locationOf(response), hasSession(response)]).toEqual(['/console/?signInError=TOKEN_INVALID', false]);
  });

  it('may be a refusal, of which nothing is repeated', async () => {
    const browser = createBrowser();
    const response = await browser.send(world.begin);
    const state = new URL(locationOf(response) ?? '').searchParams.get('state') ?? '';
    const query = new URLSearchParams({ error: 'access_denied', error_description: '<b>hunter2</b>', state });
    const refused = await browser.send(`${world.api.origin}${CALLBACK_PATH}?${query}`);
    expect(locationOf(refused)).toMatch(/^\/console\/\?signInError=[A-Z_]+$/);
    expect(hasSession(refused)).toBe(false);
  });

  it('that fails ten times from an address has to wait, and says that', async () => {
    const { api, begin } = await start();
    const fail = async () => {
      const browser = createBrowser();
      await browser.send(begin);
      return locationOf(await browser.send(`${api.origin}${CALLBACK_PATH}?code=guessed`));
    };
    for (let n = 0; n < 10; n += 1) expect(await fail()).toBe('/console/?signInError=TOKEN_INVALID');
    expect(await fail()).toBe('/console/?signInError=TOO_MANY_SIGN_INS');
  });

  it('uses up no sign-ins of a browser that another page leads here', async () => {
    const led = await start();
    for (let n = 0; n < 20; n += 1)
      await fetch(`${led.api.origin}${CALLBACK_PATH}?code=guessed`, { redirect: 'manual' });
    expect(locationOf((await signInBy(led)).response)).toBe('/console/');
  });

  it('does not count when the issuer cannot be asked', async () => {
    const { begin, stopIssuer } = await start();
    const browsers = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const browser = createBrowser();
        return { browser, sentBack: await signInAtIssuer(browser, begin, { login: 'ada', back: BACK }) };
      }),
    );
    await stopIssuer();
    const told = [];
    for (const { browser, sentBack } of browsers) told.push(locationOf(await browser.send(sentBack)));
    expect(new Set(told)).toEqual(new Set(['/console/?signInError=ISSUER_UNAVAILABLE']));
  });

  it('is no session for a token that is for somebody else', async () => {
    const other = await start({ audience: 'https://somebody-else.example' });
    const { response } = await signInBy(other);
    expect([locationOf(response), hasSession(response)]).toEqual(['/console/?signInError=TOKEN_INVALID', false]);
  });
});

it('an issuer that is away is told at the sign-in, and asked anew the next time', async () => {
  const port = await findFreePort();
  const consoleUrl = 'http://127.0.0.1:1';
  const away = { name: 'x', issuer: `http://127.0.0.1:${port}`, clientId: 'c', scopes: 'openid', consoleUrl };
  const calls = createGatewayCalls({}, guardedDeps());
  const oidc = { name: 'x', issuer: createOidcIssuer(away) };
  await using api = await startApi({}, { api: { calls, sealer: createSealer(SECRET, log), oidc } });
  for (let n = 0; n < 2; n += 1) {
    const response = await fetch(`${api.origin}/api/v1/session/oidc`, { redirect: 'manual' });
    expect(response.headers.get('location')).toBe('/console/?signInError=ISSUER_UNAVAILABLE');
  }
});
