import { ConnectionMode } from '@userferry/contracts/management/v1/connection_service';
import type { ScriptAction } from '@userferry/script-contract';
import { templateOf } from '@userferry/script-templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byEmail, byUsername, type Caller, createCaller, type Outcome } from '../legacy/caller.ts';
import { connect, inTime } from '../legacy/connect-company.ts';
import { auditPage, overflowOf } from './audit-page.ts';
import { BROWSER } from './config.ts';
import { type ConsolePage, type ConsoleWorld, createConsoleWorld } from './console-world.ts';

const PASSWORD = 'there-Secret-1';
const LOCAL_PASSWORD = 'here-Secret-1';
/** More than a page of users holds. */
const CROWD = Array.from({ length: 22 }, (_, index) => `sailor-${index + 1}`);
const SHOPPERS = ['ada', 'grace', 'barbara', 'stuck', ...CROWD];
const emailOf = (name: string) => `${name}@shop.example`;

const STUCK = "  if (query.email === 'stuck@shop.example') {\n    throw new TypeError('the ferry is stuck');\n  }\n";
const HEAD = 'async function login(query, password, context) {\n';
const SAYING = "  console.log('asked for somebody');\n";

/** The ready-made script, but for one user it breaks. */
const scriptOf = (action: ScriptAction): string => {
  const source = templateOf('postgresql', action);
  return action === 'login' ? source.replace(HEAD, `${HEAD}${SAYING}${STUCK}`) : source;
};
const stuckLine =
  scriptOf('login')
    .split('\n')
    .findIndex((line) => line.includes('the ferry is stuck')) + 1;

/** How much of the link to the page that is open lies beyond the edge, in CSS pixels. */
const HIDDEN_OF_LINK = `Math.max(0, document.querySelector('.nav [aria-current]').getBoundingClientRect().right - innerWidth)`;

/** Facts that have less than a third of the width for what they say, and so a word on each line. */
const SQUEEZED = `[...document.querySelectorAll('.facts dd')]
  .filter((fact) => fact.offsetWidth < fact.parentElement.offsetWidth / 3)
  .map((fact) => fact.textContent)`;

const migratedNow = { $case: 'authenticated', value: { migratedNow: true } };
const idIn = (outcome: Outcome) => (outcome?.value as { user?: { userId: string } } | undefined)?.user?.userId;

describe.skipIf(BROWSER === undefined)('the console in a browser (Chromium): looking after a migration', () => {
  let world: ConsoleWorld;
  let page: ConsolePage;
  let caller: Caller;
  beforeAll(async () => {
    world = await createConsoleWorld();
    const { company, shop } = world;
    for (const name of SHOPPERS)
      await shop.add({ email: emailOf(name), username: name, nickname: `Captain ${name}`, password: PASSWORD });
    await connect(company, { mode: 'LAZY_MIGRATION', uri: shop.uri, scriptOf });
    caller = createCaller(company);
    page = await world.open();
    await world.signIn(page);
  });
  afterAll(async () => {
    await page?.context().close();
    await world?.[Symbol.asyncDispose]();
  });

  const runOf = (action: string, outcome: string) =>
    page.getByRole('button', { name: `Details of a run of ${action}: ${outcome}` });
  const choose = async (label: string, option: string) => {
    await page.getByRole('button', { name: new RegExp(`\\b${label}$`) }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  const login = (name: string, requestId?: string) =>
    caller.login(byEmail(emailOf(name)), PASSWORD, requestId === undefined ? {} : { call: { ...inTime(), requestId } });

  describe('log history', () => {
    it('shows a login as it happens, without a reload', async () => {
      await world.visit(page, 'log-history');
      await page.getByText('Nothing has run yet').waitFor();
      await page.evaluate('globalThis.isTheSamePage = true');
      expect(await login('ada', 'request-of-ada')).toMatchObject(migratedNow);
      await runOf('login', 'Completed').waitFor();
      expect(await page.evaluate('globalThis.isTheSamePage')).toBe(true);
    });

    it('stands still while it is paused, and goes on from there', async () => {
      await page.getByRole('button', { name: 'Live: pause' }).click();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      expect(await login('stuck', 'request-of-stuck')).toMatchObject({ $case: 'undecided' });
      await page.waitForTimeout(3_000); // more than the time between two questions
      expect(asked.filter((url) => url.endsWith('ListScriptRuns'))).toEqual([]);
      expect(await runOf('login', 'Threw').count()).toBe(0);
      await page.getByRole('button', { name: 'Paused: go live' }).click();
      await runOf('login', 'Threw').waitFor();
      await expect(auditPage(page)).resolves.toEqual([]);
    });

    it('is filtered by script, outcome and time; the filter is kept by a reload, and cleared', async () => {
      await choose('Script', 'getUser');
      await page.getByText('No run matches').waitFor();
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await runOf('login', 'Completed').waitFor();
      await choose('Outcome', 'All but completed');
      await runOf('login', 'Completed').waitFor({ state: 'detached' });
      await runOf('login', 'Threw').waitFor();
      await choose('Outcome', 'Completed');
      await runOf('login', 'Threw').waitFor({ state: 'detached' });
      await choose('Time', 'Last hour');
      await page.reload();
      await page.getByRole('button', { name: /Last hour/ }).waitFor();
      await runOf('login', 'Completed').waitFor();
      expect(await runOf('login', 'Threw').count()).toBe(0);
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await runOf('login', 'Threw').waitFor();
    });

    it('finds the run of a request by its id', async () => {
      await page.getByLabel('Request id').fill('request-of-stuck');
      await runOf('login', 'Completed').waitFor({ state: 'detached' });
      await runOf('login', 'Threw').click();
      const details = page.getByRole('dialog', { name: 'Run of login' });
      await details.getByText('the ferry is stuck').waitFor();
      await details.getByText('asked for somebody').waitFor();
      await details.getByText('request-of-stuck').waitFor();
      await details.getByRole('term').getByText('Memory').waitFor();
      await expect(auditPage(page)).resolves.toEqual([]);
    });

    it('leads from an error to its line in the script', async () => {
      await page.getByRole('button', { name: `Go to line ${stuckLine}` }).click();
      await page.locator('.cm-activeLine').getByText('the ferry is stuck').waitFor();
      await page.getByRole('region', { name: 'Failing' }).getByText('the ferry is stuck').waitFor();
    });
  });

  describe('migration', () => {
    it('says how many there are once there is a script that lists them', async () => {
      await world.visit(page, 'migration');
      await page.getByText('users have migrated. How many').waitFor();
      await page.getByRole('link', { name: 'listUsers script' }).click();
      await page.getByRole('link', { name: /listUsers\s*optional/ }).waitFor();
      await page.getByRole('button', { name: 'Use template' }).click();
      await page.getByRole('button', { name: 'Save script' }).click();
      await page.getByText('The listUsers script is saved.').waitFor();
    });

    it('says how far it is: bar, chart, table and verdict', async () => {
      await world.visit(page, 'migration');
      await page.getByText(`1 of ${SHOPPERS.length} users have migrated`).waitFor();
      const bar = page.getByRole('progressbar');
      expect(Number(await bar.getAttribute('value'))).toBeCloseTo(1 / SHOPPERS.length);
      await page.getByRole('img', { name: 'last thirty days, 1 in all' }).waitFor();
      await page.getByText('The same as a table').click();
      await page.getByRole('row', { name: /^\d{4}-\d\d-\d\d 1 / }).waitFor();
      await page.getByText('Not safe to switch off').waitFor();
      await page.getByText('There is no conflict.').waitFor();
      await page.getByText('Nobody was deleted.').waitFor();
      await expect(auditPage(page)).resolves.toEqual([]);
    });

    it('shows every label of the chart whole', async () => {
      const cut: string[] = await page.evaluate(`
        [...document.querySelectorAll('.chart text')].filter((label) => {
          const { left, right } = label.getBoundingClientRect();
          const room = label.ownerSVGElement.getBoundingClientRect();
          return left < room.left || right > room.right;
        }).map((label) => label.textContent)`);
      expect(cut).toEqual([]);
    });

    it('lists who was deleted, and lets them come back by an administrator’s word', async () => {
      expect(await caller.delete(byEmail(emailOf('ada')))).toMatchObject({ $case: 'deleted' });
      expect(await login('ada')).toMatchObject({ $case: 'rejected' });
      await page.reload();
      await page.getByText(emailOf('ada')).waitFor();
      await expect(auditPage(page)).resolves.toEqual([]);
      await page.getByRole('button', { name: /^Lift the tombstone of / }).click();
      await page.getByRole('alertdialog').getByText('does not come back').waitFor();
      await page.getByRole('button', { name: 'Lift tombstone' }).click();
      await page.getByText('Nobody was deleted.').waitFor();
      expect(await login('ada')).toMatchObject(migratedNow);
    });

    const collide = async (name: string): Promise<string> => {
      const email = `${name}@shared.example`;
      await caller.register({ email, username: `${name}-here` }, LOCAL_PASSWORD);
      await world.shop.add({ email, username: `${name}-there`, password: PASSWORD });
      const outcome = await caller.login(byUsername(`${name}-there`), PASSWORD);
      expect(outcome).toMatchObject({ value: { reason: 'IDENTIFIER_CONFLICT' } });
      return email;
    };
    const resolve = async (email: string, choice: RegExp) => {
      await page.reload();
      await page.getByRole('button', { name: `Resolve the conflict about ${email}` }).click();
      await page.getByRole('alertdialog').getByText('is that of legacy user').waitFor();
      expect(await page.getByRole('button', { name: 'Resolve', exact: true }).isDisabled()).toBe(true);
      await page.getByRole('radio', { name: choice }).check({ force: true });
      await expect(auditPage(page)).resolves.toEqual([]);
      await page.getByRole('button', { name: 'Resolve', exact: true }).click();
      await page.getByText('There is no conflict.').waitFor();
    };
    const bothOf = async (name: string) => ({
      there: await caller.login(byUsername(`${name}-there`), PASSWORD),
      here: await caller.login(byUsername(`${name}-here`), LOCAL_PASSWORD),
    });

    it('resolves a conflict of two people in favour of the user here', async () => {
      const email = await collide('fay');
      await resolve(email, /belongs to the user here/);
      const { there, here } = await bothOf('fay');
      expect(there).toMatchObject(migratedNow);
      expect(here).toMatchObject({ value: { user: { profile: { email } } } });
      expect(idIn(there)).not.toBe(idIn(here));
    });

    it('resolves a conflict of two people in favour of the legacy user', async () => {
      const email = await collide('gus');
      await resolve(email, /belongs to the legacy user/);
      const { there, here } = await bothOf('gus');
      expect(there).toMatchObject({ ...migratedNow, value: { user: { profile: { email } } } });
      expect(idIn(there)).not.toBe(idIn(here));
    });

    it('resolves a conflict of one person with themselves', async () => {
      const email = await collide('hal');
      await resolve(email, /the same person/);
      const { there, here } = await bothOf('hal');
      expect(there).toMatchObject({ $case: 'rejected' });
      expect(here).toMatchObject({ $case: 'authenticated' });
    });
  });

  describe('users', () => {
    it('lists who is here with their state, and narrows that down', async () => {
      await world.visit(page, 'users');
      await page.getByText(emailOf('ada')).waitFor();
      await page.getByText('hal@shared.example').waitFor();
      await expect(auditPage(page)).resolves.toEqual([]);
      await choose('Show', 'Registered here');
      await page.getByText(emailOf('ada')).waitFor({ state: 'detached' });
      await choose('Show', 'Migrated');
      await page.getByText(emailOf('ada')).waitFor();
    });

    it('are looked through once for what somebody types, and not for each letter of it', async () => {
      const keywords: string[] = [];
      page.on('request', (request) => {
        if (request.url().endsWith('/SearchUsers')) keywords.push(request.postDataJSON().keyword);
      });
      await page.getByLabel('Search').pressSequentially('letter by letter');
      await page.getByText('Nobody matches “letter by letter”').waitFor();
      expect(keywords).toEqual(['letter by letter']);
    });

    it('searches, says when nobody matches, and shows all that is known of somebody', async () => {
      await page.getByLabel('Search').fill('nobody-of-this-name');
      await page.getByText('Nobody matches “nobody-of-this-name”').waitFor();
      await page.getByLabel('Search').fill('ada@');
      await page.getByRole('button', { name: `Details of ${emailOf('ada')}` }).click();
      const details = page.getByRole('dialog');
      await details.getByRole('row', { name: 'nickname Captain ada' }).waitFor();
      await details.getByText('migrated', { exact: true }).waitFor();
      expect(await details.innerText()).not.toMatch(/\$2[aby]\$|argon2|scrypt/);
      await expect(auditPage(page)).resolves.toEqual([]);
      await details.getByRole('button', { name: 'Close' }).click();
    });
  });

  it.each(['light', 'dark'] as const)('fits a phone with all of this on it, %s', async (colorScheme) => {
    if (colorScheme === 'light') {
      await caller.register({ email: `${'long-'.repeat(10)}name@shop.example`, username: 'long' }, LOCAL_PASSWORD);
      await caller.delete(byUsername('long'));
    }
    const phone = await world.open({
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
      colorScheme,
    });
    await world.signIn(phone);
    for (const [path, text] of [
      ['log-history', 'the ferry is stuck'],
      ['migration', 'long-long'],
      ['users', emailOf('ada')],
    ] as const) {
      await world.visit(phone, path);
      await phone.getByText(text).first().waitFor();
      const found = { path, wider: await overflowOf(phone), faults: await auditPage(phone) };
      expect(found).toEqual({ path, wider: 0, faults: [] });
      expect(await phone.evaluate(HIDDEN_OF_LINK)).toBe(0);
      expect(await phone.evaluate(SQUEEZED)).toEqual([]);
    }
    expect(phone.faults).toEqual({ errors: [], foreign: [] });
    await phone.context().close();
  });

  describe('a custom user store', () => {
    it('has nobody who moves, and asks no script how many there are', async () => {
      const { company, shop } = world;
      await connect(company, { mode: 'CUSTOM_USER_STORE', uri: shop.uri, scriptOf });
      const { connection } = await company.connections.getConnection({ userPoolId: company.userPoolId }, inTime());
      expect(connection?.mode).toBe(ConnectionMode.CUSTOM_USER_STORE);
      await page.reload(); // what was changed elsewhere is known from here on
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await world.visit(page, 'migration');
      await page.getByText('Nobody moves').waitFor();
      expect(asked.filter((url) => url.endsWith('GetMigrationProgress'))).toEqual([]);
      await expect(auditPage(page)).resolves.toEqual([]);
    });

    it('lists, page by page, searches and shows whom the scripts find', async () => {
      await world.visit(page, 'users');
      await page.getByText(emailOf('grace')).waitFor();
      await page.getByText('Page 1 of 2').waitFor();
      await page.getByRole('button', { name: 'Further' }).click();
      await page.getByText(emailOf('sailor-22')).waitFor();
      await expect(auditPage(page)).resolves.toEqual([]);
      await page.getByLabel('Search').fill('barbara');
      await page.getByRole('button', { name: `Details of ${emailOf('barbara')}` }).click();
      await page.getByRole('dialog').getByText('in your database').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    });
  });

  it('asked nobody but its own server, and broke no rule of its policy', () => {
    expect(page.faults).toEqual({ errors: [], foreign: [] });
  });
});
