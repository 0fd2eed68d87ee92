import { Plan } from '@userferry/contracts/management/v1/user_pool_service';
import { templateOf } from '@userferry/script-templates';
import type { Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCompany, saveConnection } from '../legacy/connect-company.ts';
import { auditPage, overflowOf } from './audit-page.ts';
import { BROWSER } from './config.ts';
import { type ConsoleWorld, createConsoleWorld } from './console-world.ts';

/** What may come over the wire before a page can be used, in compressed bytes; the editor is not part of it. */
const FIRST_LOAD_BYTES_MAX = 200 * 1024;

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

describe.skipIf(BROWSER === undefined)('the console in a browser (Chromium): its states', () => {
  let world: ConsoleWorld;
  beforeAll(async () => {
    world = await createConsoleWorld({ plan: Plan.BASIC });
    const scriptOf = (action: 'login' | 'getUser') => templateOf('postgresql', action);
    await saveConnection(world.company, { mode: 'LAZY_MIGRATION', uri: world.shop.uri, scriptOf: scriptOf as never });
  });
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it('starts a trial, once, and says how many days are left', async () => {
    const page = await world.open();
    await world.signIn(page);
    await world.visit(page, 'connection');
    await page.getByText('has no connections').waitFor();
    await page.getByRole('button', { name: 'Start trial' }).click();
    await page.getByText('Trial: 30 days left.').waitFor();
    await page.getByRole('link', { name: 'All user pools', exact: true }).click();
    await page.getByText('Trial, 30 days left').waitFor();
    await page.context().close();
  });

  it('keeps what is typed into the first settings of a pool while it looks whether there are any by now', async () => {
    const { address, operatorKey } = world.ours;
    using bolt = await createCompany({ address, operatorKey }, { name: 'Bolt', plan: Plan.BASIC });
    const page = await world.open();
    await world.signIn(page, bolt.adminKey);
    await page.getByRole('link', { name: /Bolt/ }).click();
    const database = page.getByLabel('Database', { exact: true });
    await database.fill('typed first');
    const looked = page.waitForResponse(/GetConnection/);
    await page.getByRole('button', { name: 'Start trial' }).click();
    await looked;
    await page.getByText('Trial: 30 days left.').waitFor();
    expect(await database.inputValue()).toBe('typed first');
    const lookedAgain = page.waitForResponse(/GetConnection/);
    await page.evaluate("dispatchEvent(new Event('visibilitychange'))"); // as on coming back from another tab
    await lookedAgain;
    await page.waitForLoadState('networkidle');
    expect(await database.inputValue()).toBe('typed first');
    await page.context().clearCookies();
    await page.evaluate("dispatchEvent(new Event('visibilitychange'))"); // nobody is signed in any more
    await page.getByText('Your session has ended').waitFor();
    await page.getByLabel('Management key').fill(bolt.adminKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Your session has ended').waitFor({ state: 'detached' });
    await page.waitForLoadState('networkidle');
    expect(await database.inputValue()).toBe('typed first');
    await page.context().close();
  });

  it('finds a pool by its name, and says when there is none', async () => {
    const page = await world.open();
    await world.signIn(page, world.ours.operatorKey);
    await page.getByLabel('Search').fill('acm');
    await page.getByRole('link', { name: /Acme/ }).waitFor();
    await page.getByLabel('Search').fill('nobody');
    await page.getByText('No user pool matches “nobody”').waitFor();
    await expect(auditPage(page)).resolves.toEqual([]);
    await page.context().close();
  });

  it('loads little before it can be used, compressed, and the editor only where one is', async () => {
    const context = await world.browser.newContext();
    const page = await context.newPage();
    const finished: Request[] = [];
    page.on('requestfinished', (request) => finished.push(request));
    await page.goto(`${world.origin}/console/`);
    await world.signIn(page);
    await world.visit(page, 'connection');
    await page.getByText('Version ').first().waitFor();
    await page.waitForLoadState('networkidle');
    const own = finished.filter((request) => new URL(request.url()).pathname.startsWith('/console/'));
    const sizes = await Promise.all(own.map(async (request) => (await request.sizes()).responseBodySize));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(50 * 1024);
    expect(bytes).toBeLessThan(FIRST_LOAD_BYTES_MAX);
    const loaded = own.map((request) => request.url());
    expect(loaded.filter((path) => /editor|worker/.test(path))).toEqual([]);
    await context.close();
  });

  it('says that it is offline, keeps what was typed, and goes on when it is not', async () => {
    const page = await world.open();
    await world.signIn(page);
    await world.visit(page, 'connection');
    await page.getByLabel('Database', { exact: true }).fill('typed-before');
    await page.context().setOffline(true);
    await page.getByText('You are offline').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The server cannot be reached').waitFor();
    await expect(auditPage(page)).resolves.toEqual([]);
    await page.context().setOffline(false);
    expect(await page.getByLabel('Database', { exact: true }).inputValue()).toBe('typed-before');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.context().close();
  });

  it('asks before a form that is not saved is left, and stays when told to', async () => {
    const page = await world.open();
    await world.signIn(page);
    await world.visit(page, 'connection');
    await page.getByLabel('Database', { exact: true }).fill('changed');
    await page.getByRole('link', { name: 'Versions' }).click();
    await page.getByText('Leave without saving?').waitFor();
    await page.getByRole('button', { name: 'Stay' }).click();
    expect(await page.getByLabel('Database', { exact: true }).inputValue()).toBe('changed');
    await page.getByRole('link', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Leave without saving' }).click();
    await page.getByRole('heading', { name: 'Versions' }).waitFor();
    await page.context().close();
  });

  it('asks for the key again when the session has ended, and what was typed is still there', async () => {
    const page = await world.open();
    await world.signIn(page);
    await world.visit(page, 'connection');
    await page.getByLabel('Database', { exact: true }).fill('kept');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Your session has ended').waitFor();
    await expect(auditPage(page)).resolves.toEqual([]);
    await page.getByLabel('Management key').fill(world.company.adminKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Your session has ended').waitFor({ state: 'detached' });
    expect(await page.getByLabel('Database', { exact: true }).inputValue()).toBe('kept');
    await page.context().close();
  });

  it('looks once, in each tab whose session has ended, who has signed in in another, and no tab sets the others going', async () => {
    const first = await world.open();
    await world.signIn(first);
    const second = await first.context().newPage();
    const looked = { first: 0, second: 0 };
    for (const page of [first, second]) {
      await page.goto(`${world.origin}/console/`);
      await world.visit(page, 'connection');
      await page.getByLabel('Database', { exact: true }).fill('changed');
    }
    await first.context().clearCookies();
    for (const [page, name] of [
      [first, 'first'],
      [second, 'second'],
    ] as const) {
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Your session has ended').waitFor();
      page.on('request', (request) => {
        if (request.method() === 'GET' && request.url().endsWith('/api/v1/session')) looked[name] += 1;
      });
    }
    const third = await first.context().newPage();
    await third.goto(`${world.origin}/console/`);
    await world.signIn(third, world.ours.operatorKey);
    await expect.poll(() => looked).toEqual({ first: 1, second: 1 });
    await third.reload();
    await third.getByRole('heading', { name: 'User pools' }).waitFor();
    await expect.poll(() => looked).toEqual({ first: 2, second: 2 });
    await third.waitForLoadState('networkidle');
    expect(looked).toEqual({ first: 2, second: 2 });
    await first.getByText('Your session has ended').waitFor();
    await first.context().close();
  });

  it('shows a pool that is not there, and a page that is not there, as such', async () => {
    const page = await world.open();
    await world.signIn(page);
    await page.goto(`${world.origin}/console/#/pools/00000000-0000-4000-8000-000000000000`);
    await page.getByText('That did not work.').waitFor();
    await world.visit(page, 'nowhere');
    await page.getByText('There is no such page').waitFor();
    await page.context().close();
  });

  it('is light or dark as the system wishes or as it is told, and remembers that', async () => {
    const page = await world.open({ colorScheme: 'dark' });
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const dark = await ground();
    await page.getByRole('button', { name: /Theme/ }).click();
    await page.getByRole('option', { name: 'Light' }).click();
    await expect.poll(ground).not.toBe(dark);
    const light = await ground();
    await page.reload();
    await page.getByLabel('Management key').waitFor();
    expect(await ground()).toBe(light);
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('fits a phone, without a fault of access, %s', async (colorScheme) => {
    const page = await world.open({ ...PHONE, colorScheme });
    await world.signIn(page);
    for (const [path, heading] of [
      ['connection', 'Custom database'],
      ['scripts/login', 'Scripts'],
      ['versions', 'Versions'],
      ['log-history', 'Log history'],
      ['migration', 'Migration'],
      ['users', 'Users'],
    ] as const) {
      await world.visit(page, path);
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect({ path, wider: await overflowOf(page), faults: await auditPage(page) }).toEqual({
        path,
        wider: 0,
        faults: [],
      });
    }
    expect(page.faults).toEqual({ errors: [], foreign: [] });
    await page.context().close();
  });

  it('can be used by keyboard alone: past the bar, through the navigation, into a dialog and out again', async () => {
    const page = await world.open();
    await world.signIn(page);
    await world.visit(page, 'connection');
    await page.getByText('Version ').first().waitFor();
    await page.reload();
    await page.getByText('Version ').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    const enable = page.getByRole('button', { name: 'Enable …' });
    await enable.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    expect(await page.evaluate('document.activeElement.closest("[role=alertdialog]") !== null')).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Enable …');
    await page.context().close();
  });

  it('deletes the connection after it has said what that means; the next one has its own first version', async () => {
    const page = await world.open();
    await world.signIn(page);
    await world.visit(page, 'connection');
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByText('cannot be brought back').waitFor();
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('Three steps to your first login').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Version [2-9]\d* is saved/).waitFor(); // versions go on from those of the one before
    await page.getByRole('link', { name: 'Versions' }).click();
    await page.getByRole('button', { name: /Changes of version/ }).click();
    await page.getByText('There is no difference.').waitFor(); // between the first version of all and the current one
    await page.context().close();
  });
});
