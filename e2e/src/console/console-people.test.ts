import { templateOf } from '@userferry/script-templates';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, createCompany, type LegacyCompany } from '../legacy/connect-company.ts';
import { BROWSER } from './config.ts';
import { type ConsolePage, type ConsoleWorld, createConsoleWorld } from './console-world.ts';

/** Beyond what a number holds exactly: as one, the second would be the first. */
const [NEIGHBOUR, MEANT] = ['7300000000000000000', '7300000000000000001'];

/** One more than two pages hold. */
const SAILORS = 41;
/** One more than the ready-made search returns. */
const CADETS = 101;

const CROWD = `
  INSERT INTO users (id, email, username, password)
  SELECT n, name || '@shop.example', name, '' FROM
    (SELECT n, 'sailor-' || n AS name FROM generate_series(1, ${SAILORS}) n) AS sailors`;

describe.skipIf(BROWSER === undefined)(
  'the console in a browser (Chromium): who uses it, and whose users it shows',
  () => {
    let world: ConsoleWorld;
    let other: LegacyCompany;
    let page: ConsolePage;
    beforeAll(async () => {
      world = await createConsoleWorld();
      const { ours, shop, company } = world;
      other = await createCompany({ address: ours.address, operatorKey: ours.operatorKey }, { name: 'Bolt' });
      await shop.query(CROWD);
      const scriptOf = (action: Parameters<typeof templateOf>[1]) => templateOf('postgresql', action);
      await connect(company, { mode: 'CUSTOM_USER_STORE', uri: shop.uri, scriptOf });
    });
    afterAll(async () => {
      other?.[Symbol.dispose]();
      await world?.[Symbol.asyncDispose]();
    });
    beforeEach(async () => {
      page = await world.open();
      await world.signIn(page);
    });
    afterEach(async () => {
      const { faults } = page;
      await page.context().close();
      expect(faults).toEqual({ errors: [], foreign: [] });
    });

    const database = () => page.getByLabel('Database', { exact: true });
    const signInAgain = async (key: string) => {
      await page.getByLabel('Management key').fill(key);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('Your session has ended').waitFor({ state: 'detached' });
    };

    it('Debug deletes the user whose id was typed, and never another whom a number would make of it', async () => {
      const { shop } = world;
      for (const id of [NEIGHBOUR, MEANT])
        await shop.query('INSERT INTO users (id, email, password) VALUES (?, ?, ?)', [id, `${id}@large.example`, '']);
      await world.visit(page, 'scripts', 'deleteUser');
      await page.getByLabel('Id', { exact: true }).fill(MEANT);
      await page.getByText(`Sent as the text "${MEANT}".`).waitFor();
      await page.getByRole('button', { name: 'Test', exact: true }).click();
      await page.getByRole('heading', { name: 'Outcome' }).waitFor();
      expect([await shop.countOf(`${NEIGHBOUR}@large.example`), await shop.countOf(`${MEANT}@large.example`)]).toEqual([
        1, 0,
      ]);
      await shop.query('DELETE FROM users WHERE id = ?', [NEIGHBOUR]);
    });

    it('a page that asks again by itself says so, that it does not keep the session awake', async () => {
      const unattended: boolean[] = [];
      page.on('request', (request) => {
        if (!request.url().endsWith('ListScriptRuns')) return;
        unattended.push(request.headers()['x-userferry-unattended'] === '1');
      });
      await world.visit(page, 'log-history');
      await expect.poll(() => unattended.length, { timeout: 15_000 }).toBeGreaterThan(2);
      await page.getByLabel('Request id').fill('of-somebody');
      await page.getByText('No run matches').waitFor();
      expect(unattended.slice(0, 3)).toEqual([false, true, true]);
      expect(unattended.slice(3)).toContain(false);
    });

    describe('when a session has ended', () => {
      it('shows nothing of one company to the administrator of another who signs in there', async () => {
        await world.visit(page, 'scripts', 'login');
        await page.locator('.cm-content').click();
        await page.keyboard.insertText('// a draft of Acme');
        await page.getByText('not saved yet').first().waitFor();
        await world.visit(page, 'users');
        await page.getByText('sailor-1@shop.example').waitFor();
        await page.context().clearCookies();
        await page.getByRole('link', { name: 'Versions' }).click();
        await signInAgain(other.adminKey);
        await page.getByRole('heading', { name: 'User pools' }).waitFor();
        await page.getByRole('link', { name: /Bolt/ }).waitFor();
        expect(page.url()).toMatch(/#\/$/);
        await world.visit(page, 'users');
        await page.getByText('That did not work.').waitFor();
        expect(await page.locator('body').innerText()).not.toMatch(/Acme|shop\.example/);
        await page.getByRole('link', { name: 'Userferry, all user pools' }).click();
        await page.getByRole('button', { name: 'Sign out' }).click();
        await world.signIn(page); // the draft would have been asked for here, and been there again
        await world.visit(page, 'scripts', 'login');
        await page.locator('.cm-content').waitFor();
        expect(await page.locator('.cm-content').innerText()).not.toContain('a draft of Acme');
      });

      it('keeps for whoever signs in again what was typed, without a note of what failed meanwhile', async () => {
        await world.visit(page, 'connection');
        await database().fill('kept');
        await page.context().clearCookies();
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('save once more').waitFor();
        await signInAgain(world.company.adminKey);
        expect(await database().inputValue()).toBe('kept');
        await page.getByText('Not saved yet.').waitFor();
        expect(await page.locator('body').innerText()).not.toMatch(/Not saved\. |authorization/);
        await page.getByRole('button', { name: 'Discard' }).click();
      });
    });

    describe('the browser’s history', () => {
      const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();

      it('keeps every page when one stays on a form that is not saved', async () => {
        for (const [id, name] of [
          ['users', 'Users'],
          ['versions', 'Versions'],
          ['connection', 'Custom database'],
        ] as const) {
          await world.visit(page, id);
          await heading(name);
        }
        await database().fill('typed');
        await page.goBack();
        await page.getByRole('button', { name: 'Stay' }).click();
        await page.waitForURL(/connection$/);
        expect(await database().inputValue()).toBe('typed');
        await page.getByRole('button', { name: 'Discard' }).click();
        await page.goBack();
        await heading('Versions');
        await page.goBack();
        await heading('Users');
        await page.goForward();
        await page.goForward();
        await heading('Custom database');
      });

      it('has the page that was refused after the one on which one stays, and that one once', async () => {
        await world.visit(page, 'users');
        await heading('Users');
        await world.visit(page, 'connection');
        await database().fill('typed');
        await page.getByRole('link', { name: 'Versions' }).click();
        await page.getByRole('button', { name: 'Stay' }).click();
        await page.waitForURL(/connection$/);
        await page.goForward();
        await page.getByRole('button', { name: 'Leave without saving' }).click();
        await heading('Versions');
        await page.goBack();
        await heading('Custom database');
        await page.goBack();
        await heading('Users');
      });
    });

    describe('users of a custom user store', () => {
      it('are not filtered by a state that there is not', async () => {
        await world.visit(page, 'users');
        await page.getByText(`${SAILORS} in all`).waitFor();
        await page.getByRole('button', { name: /\bShow$/ }).waitFor({ state: 'detached' });
      });

      it('are shown on the last page that there is when those of the page one is on are deleted elsewhere', async () => {
        await world.visit(page, 'users');
        for (const number of [2, 3]) {
          await page.getByRole('button', { name: 'Further' }).click();
          await page.getByText(`Page ${number} of 3`).waitFor();
        }
        await page.getByText(`sailor-${SAILORS}@shop.example`).waitFor();
        await world.shop.query('DELETE FROM users WHERE id = ?', [SAILORS]);
        const isOnLast = async () => {
          // as when one comes back to the tab: what is old is asked again
          await page.evaluate("dispatchEvent(new Event('visibilitychange'))");
          return page.getByText('Page 2 of 2').isVisible();
        };
        await expect.poll(isOnLast, { timeout: 20_000, interval: 500 }).toBe(true);
        await page.getByText('40 in all').waitFor();
        await page.getByText('sailor-40@shop.example').waitFor();
      });

      it('are not said to be all when a search may have ended before', async () => {
        await world.shop.query(`
        INSERT INTO users (id, email, username, password)
        SELECT 1000 + n, 'cadet-' || n || '@shop.example', 'cadet-' || n, '' FROM generate_series(1, ${CADETS}) n`);
        await world.visit(page, 'users');
        await page.getByLabel('Search').fill('cadet-');
        await page.getByText('The first 100 that match; there may be more').waitFor();
        await page.getByLabel('Search').fill('cadet-101');
        await page.getByText('1 found').waitFor();
      });

      it('of whom there are none are not told to log in first', async () => {
        await world.shop.query('DELETE FROM users');
        await world.visit(page, 'users');
        await page.getByText('Your listUsers script finds nobody').waitFor();
      });
    });
  },
);
