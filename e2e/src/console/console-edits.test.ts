import { ConnectionMode, SaveConnectionRequest } from '@userferry/contracts/management/v1/connection_service';
import { Isolation } from '@userferry/contracts/runner/v1/script_runner_service';
import { actionNumber, type ScriptAction } from '@userferry/script-contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTime } from '../legacy/connect-company.ts';
import { auditPage, overflowOf } from './audit-page.ts';
import { BROWSER } from './config.ts';
import { type ConsolePage, type ConsoleWorld, createConsoleWorld } from './console-world.ts';
import { loginEditor, writeLogin } from './login-editor.ts';

const BEFORE = 'async function login(query) {\n  let tries = 3;\n  --tries;\n  return null;\n}\n';
const AFTER = BEFORE.replace('  --tries;', "++tries; if (query.email === 'eve') return { id: 1 };");

/** A busy machine is slow. */
const IN_TIME = { timeout: 15_000 };

/** Holds the calls of a method until they are let go, and counts them. */
const hold = async (page: Page, method: string) => {
  const gate = Promise.withResolvers<void>();
  let calls = 0;
  await page.route(`**/api/v1/ConnectionService/${method}`, async (route) => {
    calls += 1;
    await gate.promise;
    await route.continue();
  });
  return { letGo: gate.resolve, calls: () => calls };
};

describe.skipIf(BROWSER === undefined)(
  'the console in a browser (Chromium): what is typed is kept, and saved once',
  () => {
    let world: ConsoleWorld;
    let page: ConsolePage;
    beforeAll(async () => {
      world = await createConsoleWorld();
      page = await world.open({ permissions: ['clipboard-read', 'clipboard-write'] });
      await world.signIn(page);
    });
    afterAll(async () => {
      await page?.context().close();
      await world?.[Symbol.asyncDispose]();
    });

    const current = async () => {
      const { userPoolId, connections } = world.company;
      const { connection } = await connections.getConnection({ userPoolId }, inTime());
      if (connection === undefined) throw new Error('there is no connection');
      return connection;
    };
    const scriptNow = async () => {
      const { userPoolId, connections } = world.company;
      return (await connections.getScript({ userPoolId, action: actionNumber('login'), version: 0n }, inTime())).source;
    };
    const saveElsewhere = (action: ScriptAction, source: string) => {
      const { userPoolId, connections } = world.company;
      const request = { userPoolId, action: actionNumber(action), source, language: 0 as const };
      return connections.saveScript(request, inTime());
    };
    const editor = () => loginEditor(page);
    const write = (source: string) => writeLogin(page, source);
    const badge = () => page.getByText('not saved yet');
    const saved = () => page.getByText('The login script is saved.');

    describe('the connection', () => {
      it('is saved once where Save is clicked twice, and nothing is typed into a form that is being saved', async () => {
        await world.visit(page, 'connection');
        await page.getByLabel('Connection URI').fill(world.shop.uri);
        const save = await hold(page, 'SaveConnection');
        await page.getByRole('button', { name: 'Save' }).dblclick();
        await page.getByRole('button', { name: 'Add a variable' }).click();
        expect(await page.getByLabel('Name of the variable').count()).toBe(0);
        save.letGo();
        await page.getByText('Version 1 is saved').waitFor();
        expect(save.calls()).toBe(1);
        expect((await current()).version).toBe(1n);
      });

      it('shows a URI without its password, and what is typed there then takes the place of all of it', async () => {
        const uri = page.getByLabel('Connection URI');
        await uri.fill('postgres://ada:p@ss@db.example/users');
        await page.getByLabel('Database', { exact: true }).focus();
        expect(await uri.inputValue()).toBe('postgres://ada:••••••@db.example/users');
        await uri.click();
        await page.keyboard.type('mysql://x');
        expect(await uri.inputValue()).toBe('mysql://x');
        await page.getByRole('button', { name: 'Discard' }).click();
      });

      it('takes the value of a variable with its lines, as keys and certificates are pasted, and covers it', async () => {
        const key = '-----BEGIN KEY-----\nMFkwEw\n-----END KEY-----';
        await page.getByRole('button', { name: 'Add a variable' }).click();
        await page.getByLabel('Name of the variable').fill('SIGNING_KEY');
        const value = page.getByLabel('Value of SIGNING_KEY');
        await value.focus();
        await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(`${key.replaceAll('\n', '\r\n')}\n`)})`);
        await page.keyboard.press('ControlOrMeta+V');
        await page.locator('textarea:focus').waitFor();
        await page.keyboard.type('\n');
        expect(await value.inputValue()).toBe(`${key}\n\n`);
        expect(await page.evaluate('getComputedStyle(document.activeElement).webkitTextSecurity')).toBe('disc');
        await expect(auditPage(page)).resolves.toEqual([]);
        const save = page.waitForRequest(/SaveConnection/);
        await page.getByRole('button', { name: 'Save' }).click();
        expect((await save).postDataJSON().env).toEqual({ SIGNING_KEY: `${key}\n\n` });
        await page.getByText('Version 2 is saved').waitFor();
      });

      it('has each variable in one row, and no page scrolls sideways on a narrow phone', async () => {
        await page.getByRole('button', { name: 'Add a variable' }).click();
        const tops = await Promise.all(
          [page.getByLabel('Name of the variable'), page.getByLabel('Value of the new variable')].map(
            async (field) => (await field.boundingBox())?.y,
          ),
        );
        expect(tops[0]).toBe(tops[1]);
        await page.getByRole('button', { name: 'Remove the new variable' }).click();
        await page.setViewportSize({ width: 320, height: 740 });
        for (const name of ['connection', 'versions', 'migration', 'users', 'log-history', 'scripts/login']) {
          await world.visit(page, name);
          await page.locator('main h1').waitFor();
          await expect.poll(() => page.locator('.loading').count(), IN_TIME).toBe(0);
          expect([name, await overflowOf(page)]).toEqual([name, 0]);
        }
        await page.setViewportSize({ width: 1280, height: 900 });
      });
    });

    describe('a script', () => {
      it('keeps what is typed while its save is on its way, as a change of what is saved then', async () => {
        await world.visit(page, 'scripts', 'login');
        await write(BEFORE);
        const save = await hold(page, 'SaveScript');
        await page.keyboard.press('ControlOrMeta+s');
        await expect.poll(save.calls, IN_TIME).toBe(1);
        await page.keyboard.type('// yz');
        await page.keyboard.press('ControlOrMeta+s');
        save.letGo();
        await saved().waitFor();
        expect(await scriptNow()).toBe(BEFORE);
        await editor().getByText('// yz').waitFor();
        await badge().waitFor();
        expect(await page.getByText('Somebody saved another version').count()).toBe(0);
        expect(save.calls()).toBe(1);
        await page.keyboard.press('ControlOrMeta+s');
        await expect.poll(scriptNow, IN_TIME).toBe(`${BEFORE}// yz`);
        await expect.poll(() => badge().count(), IN_TIME).toBe(0);
      });

      it('is not saved again where nothing was changed, nor twice where the keys are pressed twice', async () => {
        const { version } = await current();
        await page.keyboard.press('ControlOrMeta+s');
        await page.keyboard.press('ControlOrMeta+s');
        await write(AFTER);
        await page.keyboard.press('ControlOrMeta+s');
        await page.keyboard.press('ControlOrMeta+s');
        await expect.poll(scriptNow, IN_TIME).toBe(AFTER);
        await expect.poll(() => badge().count(), IN_TIME).toBe(0);
        await page.keyboard.press('ControlOrMeta+s');
        await page.reload();
        await editor().getByText('++tries').waitFor();
        expect((await current()).version).toBe(version + 1n);
      });

      it('shows every line that a version changed, those that begin with -- and ++ too', async () => {
        await world.visit(page, 'versions');
        await page
          .getByRole('button', { name: /Changes of version \d+/ })
          .first()
          .click();
        await page.locator('.diff-removed').getByText('--tries;').waitFor();
        await page.locator('.diff-added').getByText('+++tries; if').waitFor();
        await page.getByRole('button', { name: 'Close' }).click();
      });

      it('whose save was taken while its answer was lost is saved once that is seen, and by nobody else', async () => {
        const lost = await world.open();
        await world.signIn(lost);
        await world.visit(lost, 'scripts', 'login');
        await writeLogin(lost, `${AFTER}// lost`);
        await lost.getByText('not saved yet').waitFor();
        await lost.route('**/ConnectionService/SaveScript', async (route) => {
          await route.fetch();
          await route.abort();
        });
        await lost.keyboard.press('ControlOrMeta+s');
        await lost.getByText('The server cannot be reached').waitFor();
        await lost.unroute('**/ConnectionService/SaveScript');
        await lost.keyboard.press('ControlOrMeta+s');
        await expect.poll(() => lost.getByText('not saved yet').count(), IN_TIME).toBe(0);
        expect(await lost.getByText(/Somebody saved another version|Not saved/).count()).toBe(0);
        expect(await scriptNow()).toBe(`${AFTER}// lost`);
        await lost.context().close();
      });

      it('says why it was not checked, in the words of who refused it', async () => {
        const error = { reason: 'PERMISSION_DENIED', message: 'This key may not do that.' };
        await page.route('**/CheckScript', (route) => route.fulfill({ status: 403, json: { error } }));
        await world.visit(page, 'scripts', 'login');
        await write(`${AFTER}// not checked`);
        await page.getByText('Not checked: This key may not do that.').waitFor();
        await page.unroute('**/CheckScript');
        await page.getByRole('button', { name: 'Discard changes' }).click();
      });
    });

    describe('what somebody else saves meanwhile', () => {
      it('is told to who saves a script over it, and replaced by the next save alone', async () => {
        const [theirs, mine] = [`${AFTER}// theirs`, `${AFTER}// mine`];
        await write(mine);
        await saveElsewhere('login', theirs);
        await page.keyboard.press('ControlOrMeta+s');
        await page.getByText('Somebody saved another version of this script').waitFor();
        expect(await scriptNow()).toBe(theirs);
        await page.keyboard.press('ControlOrMeta+s');
        await expect.poll(scriptNow, IN_TIME).toBe(mine);
        await expect.poll(() => badge().count(), IN_TIME).toBe(0);
      });

      it('is nothing to who saves another script', async () => {
        await write(AFTER);
        await saveElsewhere('getUser', BEFORE.replace('login', 'getUser'));
        await page.keyboard.press('ControlOrMeta+s');
        await expect.poll(scriptNow, IN_TIME).toBe(AFTER);
        await expect.poll(() => badge().count(), IN_TIME).toBe(0);
      });

      it('stays where settings are saved after it, under what was changed there', async () => {
        await world.visit(page, 'connection');
        await page.getByRole('button', { name: 'Add a variable' }).click();
        await page.getByLabel('Name of the variable').fill('TOKEN');
        await page.getByLabel('Value of TOKEN').fill('typed');
        const { userPoolId, connections } = world.company;
        const theirs = {
          userPoolId,
          mode: ConnectionMode.LAZY_MIGRATION,
          keepEnv: true,
          egress: [{ host: 'db.example', port: 5432 }],
          isolation: Isolation.PER_RUN,
        };
        await connections.saveConnection(SaveConnectionRequest.fromPartial(theirs), inTime());
        await page.getByRole('button', { name: 'Save', exact: true }).click();
        await page.getByText('Somebody saved other settings').waitFor();
        expect(await page.getByLabel('Value of TOKEN').inputValue()).toBe('typed');
        await page.setViewportSize({ width: 320, height: 740 });
        expect(await overflowOf(page)).toBe(0);
        await expect(auditPage(page)).resolves.toEqual([]);
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.getByRole('button', { name: 'Keep mine on top of theirs' }).click();
        await expect.poll(() => page.getByLabel('Host, address or range 1').inputValue(), IN_TIME).toBe('db.example');
        await page.getByRole('button', { name: 'Save', exact: true }).click();
        await page.getByText('Saved. The next login uses it.').waitFor();
        const { egress, isolation } = theirs;
        expect(await current()).toMatchObject({ egress, isolation, envNames: expect.arrayContaining(['TOKEN']) });
      });

      it('is shown in place of what was typed, on demand', async () => {
        await page.getByRole('button', { name: 'Add a variable' }).click();
        await page.getByLabel('Name of the variable').fill('OTHER');
        const { userPoolId, connections } = world.company;
        const theirs = { userPoolId, mode: ConnectionMode.LAZY_MIGRATION, keepEnv: true };
        await connections.saveConnection(SaveConnectionRequest.fromPartial(theirs), inTime());
        await page.getByRole('button', { name: 'Save', exact: true }).click();
        await page.getByRole('button', { name: 'Drop mine and take theirs' }).click();
        await page.getByText(/Version \d+ is saved/).waitFor();
        expect(await page.getByLabel('Host, address or range 1').count()).toBe(0);
        expect(await page.getByLabel('Name of the variable').count()).toBe(0);
      });
    });

    it('does once what a dialog asked, where its button is clicked twice, and is closed then', async () => {
      await world.visit(page, 'connection');
      const enable = await hold(page, 'EnableConnection');
      await page.getByRole('button', { name: 'Enable …' }).click();
      await page.getByRole('button', { name: 'Enable', exact: true }).dblclick();
      enable.letGo();
      await page.getByText('The connection is enabled.').waitFor();
      await page.getByRole('alertdialog').waitFor({ state: 'detached' });
      expect(enable.calls()).toBe(1);
    });

    it('runs a script once where it is told to twice before the page knows that it runs', async () => {
      await world.visit(page, 'scripts', 'login');
      const test = await hold(page, 'TestScript');
      const args = page.getByRole('form', { name: 'Arguments of login' });
      await args.getByLabel('Email', { exact: true }).fill('ada@example.com');
      await args.getByLabel('Password', { exact: true }).fill('lovelace-1843');
      await args.evaluate((form: { requestSubmit: () => void }) => {
        form.requestSubmit();
        form.requestSubmit();
      });
      test.letGo();
      await page.getByRole('heading', { name: 'Outcome' }).waitFor();
      expect(test.calls()).toBe(1);
    });

    it('did nothing that the page’s policy forbids', () => {
      expect(page.faults.errors).toEqual([]);
    });
  },
);
