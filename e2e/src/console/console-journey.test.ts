import { templateOf } from '@userferry/script-templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byEmail, createCaller } from '../legacy/caller.ts';
import { auditPage } from './audit-page.ts';
import { BROWSER } from './config.ts';
import { type ConsolePage, type ConsoleWorld, createConsoleWorld } from './console-world.ts';

const ADA = { email: 'ada@shop.example', username: 'ada', nickname: 'Ada', password: 'there-Secret-1' };

describe.skipIf(BROWSER === undefined)(
  'the console in a browser (Chromium), from an empty pool to a migrated user',
  () => {
    let world: ConsoleWorld;
    let page: ConsolePage;
    beforeAll(async () => {
      world = await createConsoleWorld();
      await world.shop.add(ADA);
      page = await world.open();
    });
    afterAll(async () => {
      await page?.context().close();
      await world?.[Symbol.asyncDispose]();
    });

    it('takes no key that is not known, says so beside the field, and clears it', async () => {
      const field = page.getByLabel('Management key');
      await field.fill('ufk_not-a-key');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('This key is not known').waitFor();
      expect(await field.inputValue()).toBe('');
      await expect(auditPage(page)).resolves.toEqual([]);
    });

    it('signs in with an administrator’s key, which is nowhere in the page afterwards', async () => {
      await world.signIn(page);
      const { adminKey } = world.company;
      const kept: string = await page.evaluate(
        'JSON.stringify([localStorage, sessionStorage, document.cookie, location.href, document.documentElement.outerHTML])',
      );
      expect(kept).not.toContain(adminKey);
      expect(kept).not.toContain('userferry_session');
      await page.getByRole('link', { name: /Acme/ }).click();
      await page.getByRole('heading', { name: 'Custom database' }).waitFor();
      await page.getByText('Three steps to your first login').waitFor();
    });

    it('fills in fields from a URI, and the URI from fields, and covers the password when nobody types', async () => {
      const uri = page.getByLabel('Connection URI');
      await uri.fill(world.shop.uri);
      const { hostname, port, username, password, pathname } = new URL(world.shop.uri);
      await expect.poll(() => page.getByLabel('Host', { exact: true }).inputValue()).toBe(hostname);
      expect(await page.getByLabel('Port', { exact: true }).inputValue()).toBe(port);
      expect(await page.getByLabel('User name', { exact: true }).inputValue()).toBe(username);
      expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe(decodeURIComponent(password));
      await page.getByLabel('Database', { exact: true }).fill('elsewhere');
      expect(await uri.inputValue()).toContain('/elsewhere');
      expect(await uri.inputValue()).not.toContain(password);
      await page.getByLabel('Database', { exact: true }).fill(pathname.slice(1));
    });

    it('saves address, variables and destinations, and shows no value of them ever again', async () => {
      await page.getByRole('button', { name: 'Add a variable' }).click();
      await page.getByLabel('Name of the variable').fill('API_TOKEN');
      await page.getByLabel('Value of API_TOKEN').fill('token-that-nobody-sees');
      await page.getByRole('button', { name: 'Add a destination' }).click();
      await page.getByLabel('Host, address or range 1').fill('127.0.0.1');
      await page.getByLabel('Port 1, blank for any').fill(String(world.shop.port));
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Version 1 is saved').waitFor();
      await page.reload();
      await page.getByText('API_TOKEN', { exact: true }).waitFor();
      const values: string = await page.evaluate(
        '[...document.querySelectorAll("input")].map(({ value }) => value).join(" ") + document.body.innerText',
      );
      expect(values).not.toContain('token-that-nobody-sees');
      expect(values).not.toContain(new URL(world.shop.uri).password);
      await expect(auditPage(page)).resolves.toEqual([]);
    });

    it('copies the public IPs to open in the firewall', async () => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('button', { name: 'Copy addresses' }).click();
      await page.getByText('Addresses copied.').waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe('192.0.2.10\n192.0.2.11');
    });

    it('says which scripts are missing, before it is enabled too', async () => {
      await page.getByText('Scripts are missing').waitFor();
      await page.getByRole('button', { name: 'Enable …' }).click();
      await page.getByRole('alertdialog').getByText('Not saved yet: login, getUser.').waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('Disabled', { exact: true }).waitFor();
    });

    it.each(['login', 'getUser'] as const)('takes the %s script from a template and saves it', async (action) => {
      await world.visit(page, 'scripts', action);
      await page.getByText('Nothing is written yet').waitFor();
      await page.getByRole('button', { name: 'Use template' }).click();
      await page.getByText('No problem found').waitFor();
      await page.getByRole('button', { name: 'Save script' }).click();
      await page.getByText(`The ${action} script is saved.`).waitFor();
      const { source } = await world.company.connections.getScript(
        { userPoolId: world.company.userPoolId, action: action === 'login' ? 1 : 2, version: 0n },
        { requestId: 'reads-script', deadlineMs: Date.now() + 10_000 },
      );
      expect(source).toBe(templateOf('postgresql', action));
    });

    it('tries out a login that would succeed, and writes nothing by it', async () => {
      await world.visit(page, 'scripts', 'login');
      await page.getByLabel('Email', { exact: true }).fill(ADA.email);
      await page.getByLabel('Password', { exact: true }).fill(ADA.password);
      await page.getByRole('button', { name: 'Test', exact: true }).click();
      await page.getByText('Completed', { exact: true }).waitFor();
      await page.getByText('A real login:').waitFor();
      await page.getByRole('row', { name: /nickname/ }).waitFor();
      for (const name of ['Connect', 'Query', 'Hash', 'Total']) await page.getByRole('term').getByText(name).waitFor();
      const rows = await world.ours.store.query('SELECT 1 FROM users', { database: 'userferry' });
      expect(rows).toEqual([]);
      await expect(auditPage(page)).resolves.toEqual([]);
    });

    it('tries out a login with a wrong password: rejected, and no outage', async () => {
      await page.getByLabel('Password', { exact: true }).fill('wrong');
      await page.getByRole('button', { name: 'Test', exact: true }).click();
      await page.getByText('Threw', { exact: true }).waitFor();
      await page.getByText('WrongUsernameOrPasswordError').first().waitFor();
    });

    it('enables the connection after it has said what will happen', async () => {
      await world.visit(page, 'connection');
      await page.getByRole('button', { name: 'Enable …' }).click();
      await page.getByText('runs your login script').waitFor();
      await expect(auditPage(page)).resolves.toEqual([]);
      await page.getByRole('button', { name: 'Enable', exact: true }).click();
      await page.getByText('The connection is enabled.').waitFor();
      await page.getByText('Enabled', { exact: true }).waitFor();
    });

    it('then a user logs in, and has moved over', async () => {
      const outcome = await createCaller(world.company).login(byEmail(ADA.email), ADA.password);
      expect(outcome).toMatchObject({ $case: 'authenticated', value: { migratedNow: true } });
    });

    it('disables the connection again; who has moved over goes on logging in', async () => {
      await page.getByRole('button', { name: 'Disable …' }).click();
      await page.getByText('Users who have moved over go on logging in here').waitFor();
      await page.getByRole('button', { name: 'Disable', exact: true }).click();
      await page.getByText('The connection is disabled.').waitFor();
      const outcome = await createCaller(world.company).login(byEmail(ADA.email), ADA.password);
      expect(outcome).toMatchObject({ $case: 'authenticated', value: { migratedNow: false } });
    });

    it('signs out: the cookie is gone, and the back button shows nothing', async () => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      expect(await page.context().cookies()).toEqual([]);
      await page.goBack();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    });

    it('asked nobody but its own server, and broke no rule of its policy', () => {
      expect(page.faults).toEqual({ errors: [], foreign: [] });
    });
  },
);
