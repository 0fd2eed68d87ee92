import { ScriptAction, ScriptLanguage } from '@userferry/contracts/runner/v1/script_runner_service';
import { templateOf } from '@userferry/script-templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTime, saveConnection } from '../legacy/connect-company.ts';
import { auditPage } from './audit-page.ts';
import { BROWSER } from './config.ts';
import { type ConsolePage, type ConsoleWorld, createConsoleWorld } from './console-world.ts';
import { loginEditor, writeLogin } from './login-editor.ts';

const BROKEN = 'async function login(query, password, context) {\n  return {;\n}\n';

const TYPED = `async function login(query: LoginQuery, password: string, context: ScriptContext): Promise<Profile | null> {
  const asked: string = query.email ?? '';
  console.log('typed for', asked, password.length > 0, context.userPoolName);
  return null;
}
`;

const THROWS =
  "async function login(query) {\n  console.log('asked for', query.email);\n  throw new TypeError('oops');\n}\n";

describe.skipIf(BROWSER === undefined)('the console in a browser (Chromium): writing scripts', () => {
  let world: ConsoleWorld;
  let page: ConsolePage;
  beforeAll(async () => {
    world = await createConsoleWorld();
    const scriptOf = (action: 'login') => templateOf('postgresql', action);
    await saveConnection(world.company, { mode: 'LAZY_MIGRATION', uri: world.shop.uri, scriptOf: scriptOf as never });
    page = await world.open();
    await world.signIn(page);
    await world.visit(page, 'scripts', 'login');
    await editor().waitFor();
  });
  afterAll(async () => {
    await page?.context().close();
    await world?.[Symbol.asyncDispose]();
  });

  const editor = () => loginEditor(page);
  const write = (source: string) => writeLogin(page, source);

  const chooseLanguage = async (from: string, to: string) => {
    await page.getByRole('button', { name: new RegExp(`^${from}`) }).click();
    await page.getByRole('option', { name: to }).click();
  };

  it('says what is wrong, at its line and column, while it is typed', async () => {
    await write(BROKEN);
    await page.getByRole('status').getByText('2:11').waitFor();
    await page.locator('.cm-lintRange-error').waitFor();
    await expect(auditPage(page)).resolves.toEqual([]);
  });

  it('says what does not fit the types of the runtime, as a hint', async () => {
    await write('async function login(query, password, context) {\n  return { id: 1, name: query.emial };\n}\n');
    await page.getByText("Property 'emial' does not exist on type 'LoginQuery'").first().waitFor();
  });

  it.each<[string, string, string[]]>([
    ['the arguments', 'async function login(query, password, context) {\n  query.', ['email', 'phone', 'username']],
    ['the context', 'async function login(query, password, context) {\n  context.', ['request', 'userPoolName']],
    ['variables', 'async function login() {\n  env.', ['DB_CONNECTION_URI', 'DB_HOST']],
    ['a module', "const pg = require('pg');\nasync function login() {\n  new pg.Client().", ['connect', 'end']],
    ['the profile', 'async function login(query, password, context) {\n  return { id: 1, nick', ['nickname']],
    ['modules by name', "const x = require('p", ['pg', 'path']],
  ])('completes %s', async (_, source, names) => {
    await write(source);
    await page.keyboard.press('Control+Space');
    const list = page.getByRole('listbox');
    for (const name of names) await list.getByText(name, { exact: true }).first().waitFor();
    await page.keyboard.press('Escape');
  });

  it('keeps what is written while other pages are looked at, and asks before it is lost', async () => {
    await write(THROWS);
    await page.getByText('not saved yet').waitFor();
    await page.getByRole('link', { name: 'Connection', exact: true }).click();
    await page.getByRole('heading', { name: 'Custom database' }).waitFor();
    await page.getByRole('link', { name: /^Scripts/ }).click();
    await page.getByText("throw new TypeError('oops')").waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('alertdialog').getByText('Not everything is saved').waitFor();
    await page.getByRole('button', { name: 'Stay' }).click();
  });

  it('tries out what is not saved, shows what was printed, and leads to the line of the error', async () => {
    await page.getByLabel('Email', { exact: true }).fill('ada@shop.example');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('asked for ada@shop.example').waitFor();
    await page.getByRole('button', { name: 'Go to line 3' }).click();
    await page.locator('.cm-activeLine').getByText('throw new TypeError').waitFor();
    expect(await page.evaluate('document.activeElement.classList.contains("cm-content")')).toBe(true);
  });

  it('asks before a template replaces what was written, and gives up changes on demand', async () => {
    await page.getByRole('button', { name: 'Use template' }).click();
    await page.getByText('Replace what is in the editor?').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await page.getByText('saved', { exact: true }).first().waitFor();
    await page.getByText('SELECT id, email').waitFor();
  });

  it.each([
    ['MySQL', 'mysql2/promise'],
    ['MongoDB', 'mongodb'],
    ['SQL Server', 'mssql'],
    ['Web service', 'axios'],
  ])('has a template for %s', async (name, module) => {
    await page
      .getByRole('button', { name: /Template/ })
      .first()
      .click();
    await page.getByRole('option', { name: `Template: ${name}` }).click();
    await page.getByRole('button', { name: 'Use template' }).click();
    const replace = page.getByRole('button', { name: 'Replace' });
    await Promise.race([replace.waitFor().then(() => replace.click()), editor().getByText(module).first().waitFor()]);
    await editor().getByText(module).first().waitFor();
  });

  it('saves by keyboard, and lists, compares and rolls back versions', async () => {
    await write(THROWS);
    await page.keyboard.press('ControlOrMeta+s');
    await page.getByText('The login script is saved.').waitFor();
    await world.visit(page, 'versions');
    await page.getByText('Changed: script login').first().waitFor();
    await page
      .getByRole('button', { name: /Changes of version \d+/ })
      .first()
      .click();
    await page.locator('.diff-added').getByText("throw new TypeError('oops')").waitFor();
    await expect(auditPage(page)).resolves.toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
    await page
      .getByRole('button', { name: /Roll back to version/ })
      .first()
      .click();
    await page.getByRole('alertdialog').getByText('It takes effect at once').waitFor();
    await page.getByRole('button', { name: 'Roll back', exact: true }).click();
    await page.getByText('is current again').waitFor();
  });

  it('checks, tries out, saves and shows again a script in TypeScript, as it was written', async () => {
    await world.visit(page, 'scripts', 'login');
    await write(TYPED);
    await page.getByRole('status').getByText('1:').first().waitFor();
    await chooseLanguage('JavaScript', 'TypeScript');
    await page.getByText('No problem found').waitFor();
    await page.getByLabel('Email', { exact: true }).fill('ada@shop.example');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('typed for ada@shop.example').waitFor();
    await page.getByRole('button', { name: 'Save script' }).click();
    await page.getByText('The login script is saved.').waitFor();
    await page.reload();
    await page.getByRole('button', { name: /^TypeScript/ }).waitFor();
    await editor().getByText('Promise<Profile | null>').waitFor();
    await page.getByText('No problem found').waitFor();
    const { source, language } = await world.company.connections.getScript(
      { userPoolId: world.company.userPoolId, action: ScriptAction.LOGIN, version: 0n },
      inTime(),
    );
    expect({ source, language }).toEqual({ source: TYPED, language: ScriptLanguage.TYPESCRIPT });
  });

  it('takes another language for a change, and holds TypeScript against the types of the runtime', async () => {
    await chooseLanguage('TypeScript', 'JavaScript');
    await page.getByText('not saved yet').waitFor();
    await page.getByRole('status').getByText('1:').first().waitFor();
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await page.getByRole('button', { name: /^TypeScript/ }).waitFor();
    await write(TYPED.replace('query.email', 'query.emial'));
    await page.getByText("Property 'emial' does not exist on type 'LoginQuery'").first().waitFor();
    await expect(auditPage(page)).resolves.toEqual([]);
    await page.getByRole('button', { name: 'Discard changes' }).click();
  });

  it('asked nobody but its own server, and broke no rule of its policy', () => {
    expect(page.faults).toEqual({ errors: [], foreign: [] });
  });
});
