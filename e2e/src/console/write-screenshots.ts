/** Makes the pictures in docs/screenshots from real services: `npm run screenshots -w e2e`. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { templateOf } from '@userferry/script-templates';
import type { Page } from 'playwright-core';
import { byEmail, createCaller } from '../legacy/caller.ts';
import { connect } from '../legacy/connect-company.ts';
import { BROWSER } from './config.ts';
import { type ConsoleWorld, createConsoleWorld } from './console-world.ts';

const FOLDER = join(import.meta.dirname, '../../../docs/screenshots');
const BYTES_MAX = 150 * 1024;

const DESKTOP = { viewport: { width: 1280, height: 860 } };
const PHONE = { viewport: { width: 360, height: 740 } };

const NAMES = ['ada', 'grace', 'edsger', 'barbara', 'donald', 'frances', 'niklaus', 'radia', 'tony', 'hedy'];
const emailOf = (name: string): string => `${name}@shop.example`;

/** A company that is under way: some have moved over, one typed a wrong password, one has not come yet. */
const fill = async ({ shop, company }: ConsoleWorld): Promise<void> => {
  for (const name of NAMES)
    await shop.add({ email: emailOf(name), username: name, nickname: name, password: 'there-Secret-1' });
  const scriptOf = (action: 'login') => templateOf('postgresql', action);
  await connect(company, {
    mode: 'LAZY_MIGRATION',
    uri: shop.uri,
    scriptOf: scriptOf as never,
    env: { API_TOKEN: 'x' },
  });
  const { login } = createCaller(company);
  for (const name of NAMES.slice(0, 7)) await login(byEmail(emailOf(name)), 'there-Secret-1');
  await login(byEmail(emailOf('tony')), 'a wrong one');
};

type Shot = { readonly name: string; readonly path: readonly string[]; readonly ready: (page: Page) => Promise<void> };

const seen = (text: string | RegExp) => (page: Page) => page.getByText(text).first().waitFor();

const SHOTS: readonly Shot[] = [
  { name: 'connection', path: ['connection'], ready: seen('192.0.2.10') },
  {
    name: 'scripts',
    path: ['scripts', 'login'],
    ready: async (page) => {
      await page.getByLabel('Email', { exact: true }).fill(emailOf('tony'));
      await page.getByLabel('Password', { exact: true }).fill('there-Secret-1');
      await page.getByText('No problem found').waitFor();
      await page.getByRole('button', { name: 'Test', exact: true }).click();
      await page.getByText('A real login:').waitFor();
      await page.evaluate('scrollTo(0, 0)');
    },
  },
  { name: 'versions', path: ['versions'], ready: seen('current') },
  { name: 'log-history', path: ['log-history'], ready: (page) => page.waitForLoadState('networkidle') },
  { name: 'migration', path: ['migration'], ready: (page) => page.waitForLoadState('networkidle') },
  { name: 'users', path: ['users'], ready: seen(emailOf('ada')) },
];

const save = async (page: Page, name: string): Promise<void> => {
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  if (statSync(path).size > BYTES_MAX) throw new Error(`${name}.png is larger than ${BYTES_MAX} bytes`);
};

const shootAll = async (world: ConsoleWorld, options: object, suffix: string): Promise<void> => {
  const page = await world.open(options);
  await page.getByLabel('Management key').waitFor();
  await save(page, `sign-in-${suffix}`);
  await world.signIn(page);
  await page.getByText('Acme').waitFor();
  for (const { name, path, ready } of SHOTS) {
    await world.visit(page, ...path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('.loading').first().waitFor({ state: 'detached' });
    await ready(page);
    await save(page, `${name}-${suffix}`);
  }
  await page.context().close();
};

if (BROWSER === undefined) throw new Error('there is no Chromium on this machine: apt-get install chromium');
mkdirSync(FOLDER, { recursive: true });
await using world = await createConsoleWorld();
await fill(world);
await shootAll(world, { ...DESKTOP, colorScheme: 'light' }, 'light');
await shootAll(world, { ...DESKTOP, colorScheme: 'dark' }, 'dark');
await shootAll(world, { ...PHONE, colorScheme: 'light' }, 'phone');
await shootAll(world, { ...PHONE, colorScheme: 'dark' }, 'phone-dark');
