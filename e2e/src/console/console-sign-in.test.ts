import { findFreePort } from '@userferry/local-databases';
import { startIssuer } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROWSER } from './config.ts';
import { type ConsolePage, type ConsoleWorld, createConsoleWorld } from './console-world.ts';

const CLIENT = { clientId: 'console', clientSecret: 'a-secret-of-the-client-of-forty-characters' };
const AUDIENCE = 'https://userferry.example';
const SCOPES = 'pools:read connections:read';

const envOf = (issuer: string, consoleUrl: string) => ({
  USERFERRY_JWT_ISSUER: issuer,
  USERFERRY_JWT_AUDIENCE: AUDIENCE,
  USERFERRY_CONSOLE_URL: consoleUrl,
  USERFERRY_CONSOLE_OIDC_CLIENT_ID: CLIENT.clientId,
  USERFERRY_CONSOLE_OIDC_CLIENT_SECRET: CLIENT.clientSecret,
  USERFERRY_CONSOLE_OIDC_NAME: 'Company',
  USERFERRY_CONSOLE_OIDC_SCOPES: `openid ${SCOPES}`,
  USERFERRY_CONSOLE_OIDC_RESOURCE: AUDIENCE,
});

describe.skipIf(BROWSER === undefined)('signing in to the console at an issuer, in a browser (Chromium)', () => {
  const stack = new AsyncDisposableStack();
  let world: ConsoleWorld;
  let page: ConsolePage;
  beforeAll(async () => {
    const httpPort = await findFreePort();
    const consoleUrl = `http://127.0.0.1:${httpPort}`;
    const redirectUri = `${consoleUrl}/api/v1/session/oidc/callback`;
    const claims = { user_pools: ['*'] };
    const issued = { ...CLIENT, redirectUri, audience: AUDIENCE, scopes: SCOPES, claims };
    const { issuer } = stack.use(await startIssuer(issued));
    world = stack.use(await createConsoleWorld({ httpPort, env: envOf(issuer, consoleUrl) }));
    page = await world.open();
  });
  afterAll(async () => {
    await page?.context().close();
    await stack.disposeAsync();
  });

  const goToIssuer = () => page.getByRole('link', { name: 'Continue with Company' }).click();

  it('that is left there says so, and offers it again', async () => {
    await goToIssuer();
    await page.getByRole('link', { name: /cancel/i }).click();
    await page.getByText('You have cancelled it there').waitFor();
    await page.getByRole('link', { name: 'Continue with Company' }).waitFor();
  });

  it('leads to the pools that the token names, in a session that the page cannot read', async () => {
    await goToIssuer();
    await page.getByPlaceholder(/login/i).fill('ada');
    await page.getByPlaceholder(/password/i).fill('any');
    await page.getByRole('button', { name: /sign-in/i }).click();
    await page.getByRole('button', { name: /continue/i }).click();
    await page.getByRole('heading', { name: 'User pools' }).waitFor();
    await page.getByRole('link', { name: /Acme/ }).waitFor();
    expect(new URL(page.url()).origin).toBe(world.origin);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  it('that has ended is renewed in a tab of its own: what was typed is still there, and nothing is asked for again', async () => {
    await world.visit(page, 'connection');
    const uri = page.getByLabel('Connection URI');
    await uri.fill('postgres://ferry:secret@db.example.com/shop');
    await page.context().clearCookies({ name: '__Host-userferry_session' });
    await page.getByRole('button', { name: 'Save' }).click();
    const ended = page.getByRole('dialog', { name: 'Your session has ended' });
    await ended.waitFor();
    const opened = page.waitForEvent('popup');
    await ended.getByRole('link', { name: 'Continue with Company' }).click();
    const other = await opened;
    await other.getByRole('heading', { name: 'User pools' }).waitFor();
    await ended.waitFor({ state: 'hidden' });
    expect(await page.getByLabel('Host', { exact: true }).inputValue()).toBe('db.example.com');
    await other.close();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('link', { name: 'All user pools', exact: true }).click();
  });

  it('stays over a reload, and ends where the user ends it', async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'User pools' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Management key').waitFor();
    await page.reload();
    await page.getByLabel('Management key').waitFor();
  });
});
