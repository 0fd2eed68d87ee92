import { chromium } from 'playwright-core';

const b = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-dev-shm-usage'],
});
const P = '8c8ed9f5-9b41-4c0b-9f0a-0f9b8f2d2b11';
const only = process.argv[2];
for (const [w, h, theme] of [
  [1280, 860, 'light'],
  [360, 740, 'dark'],
]) {
  const c = await b.newContext({ viewport: { width: w, height: h }, colorScheme: theme });
  const p = await c.newPage();
  p.on('console', (m) => ['error', 'warning'].includes(m.type()) && console.log(m.text().slice(0, 300)));
  p.on('pageerror', (e) => console.log('PAGEERROR', e.message));
  await fetch('http://127.0.0.1:8899/api/v1/session', { method: 'DELETE' });
  await p.goto('http://127.0.0.1:8899/console/');
  await p.getByLabel('Management key').waitFor();
  const shot = async (n) => {
    if (!only || n.includes(only)) {
      await p.waitForTimeout(250);
      await p.screenshot({ path: `/tmp/cfake/${n}-${w}.png`, fullPage: true });
      const over = await p.evaluate('document.documentElement.scrollWidth-document.documentElement.clientWidth');
      if (over > 0) console.log('OVERFLOW', n, w, over);
    }
  };
  await shot('signin');
  await p.getByLabel('Management key').fill('ufk_test');
  await p.getByRole('button', { name: 'Sign in' }).click();
  await p.getByText('Globex').waitFor();
  await shot('pools');
  const to = async (h, t) => {
    await p.goto('http://127.0.0.1:8899/console/#/' + h);
    await p.getByText(t).first().waitFor();
  };
  await to('pools/2f2d3c4b-9b41-4c0b-9f0a-0f9b8f2d2b13', 'Start trial');
  await to(`pools/${P}/connection`, '192.0.2.10');
  await shot('connection');
  await p.getByRole('button', { name: /Enable/ }).click();
  await p.getByText('takes effect').waitFor();
  await shot('enable');
  await p.keyboard.press('Escape');
  await to(`pools/${P}/scripts/login`, 'No problem found');
  await p.locator('.cm-content').click();
  await p.keyboard.press('Control+End');
  await p.keyboard.type('\nasync function f(q) { const c = new Client(); c.');
  await p.waitForTimeout(9000);
  await shot('complete');
  await p.keyboard.press('Escape');
  await p.getByRole('button', { name: 'Discard changes' }).click();
  await p.getByLabel('Email').fill('ada@example.com');
  await p.getByLabel('Password').fill('x');
  await p.getByRole('button', { name: 'Test', exact: true }).click();
  await p.getByText('Timings').waitFor();
  await shot('scripts');
  await to(`pools/${P}/versions`, 'Version 4');
  await shot('versions');
  await p.getByRole('button', { name: 'Show what version 4 changed' }).click();
  await p.getByText('const a = 2').waitFor();
  await shot('diff');
  await c.close();
}
await b.close();
