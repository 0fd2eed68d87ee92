import { Plan } from '@userferry/contracts/management/v1/user_pool_service';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { createCompany, type LegacyCompany } from '../legacy/connect-company.ts';
import { type LegacyShop, startLegacyShop } from '../legacy/legacy-shop.ts';
import { createUserferry, type Userferry } from '../world.ts';
import { BROWSER } from './config.ts';
import { startBrowser } from './start-browser.ts';
import { type PageFaults, watchPage } from './watch-page.ts';

/** A machine that is busy is slow; a page that waits longer waits for nothing. */
const WAIT_MS = 15_000;

export type ConsolePage = Page & { readonly faults: PageFaults };

/** Our services, a company's old PostgreSQL, a pool that is empty yet, and a browser that looks at the console. */
export type ConsoleWorld = AsyncDisposable & {
  readonly ours: Userferry;
  readonly shop: LegacyShop;
  readonly company: LegacyCompany;
  readonly browser: Browser;
  readonly origin: string;
  /** A browser of its own for each call: no cookies of another. */
  readonly open: (options?: BrowserContextOptions) => Promise<ConsolePage>;
  readonly signIn: (page: Page, key?: string) => Promise<void>;
  /** Goes to a page of the company's pool. */
  readonly visit: (page: Page, ...parts: readonly string[]) => Promise<void>;
};

export type ConsoleWorldOptions = {
  readonly plan?: Plan;
  readonly env?: Readonly<Record<string, string>>;
  readonly httpPort?: number;
};

export const createConsoleWorld = async ({ plan = Plan.ENTERPRISE, env = {}, httpPort }: ConsoleWorldOptions = {}) => {
  const stack = new AsyncDisposableStack();
  try {
    const shop = await startLegacyShop('postgresql');
    stack.defer(() => shop.stop());
    const allow = { USERFERRY_EGRESS_ALLOW: `127.0.0.1:${shop.port}`, ...env };
    const ours = stack.use(await createUserferry({ env: allow, ...(httpPort !== undefined && { httpPort }) }));
    const company = stack.use(await createCompany(ours, { name: 'Acme', plan }));
    const browser = await startBrowser(BROWSER ?? '');
    stack.defer(() => browser.close());
    const origin = `http://127.0.0.1:${ours.services.ports.http}`;
    const world = { ours, shop, company, browser, origin, ...pagesOf({ browser, origin, company }) };
    return { ...world, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
};

const pagesOf = ({ browser, origin, company }: Pick<ConsoleWorld, 'browser' | 'origin' | 'company'>) => ({
  open: async (options: BrowserContextOptions = {}): Promise<ConsolePage> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    const faults = watchPage(page, origin);
    await page.goto(`${origin}/console/`);
    return Object.assign(page, { faults });
  },
  signIn: async (page: Page, key: string = company.adminKey) => {
    await page.getByLabel('Management key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'User pools' }).waitFor();
  },
  visit: async (page: Page, ...parts: readonly string[]) => {
    await page.goto(`${origin}/console/#/pools/${company.userPoolId}/${parts.join('/')}`);
  },
});
