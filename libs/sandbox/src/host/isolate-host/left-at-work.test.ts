import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

/** One source for both runs, so that they could have the same isolate. */
const sourceOf = (name: string) => `// ${name}
  const bcrypt = require('bcrypt'); const { pbkdf2 } = require('crypto');
  const later = (act) => pbkdf2('pw', 'salt', 50000, 64, 'sha512', act);
  const { login } = { async login(code) {
    return (async () => {}).constructor('bcrypt', 'later', code)(bcrypt, later);
  } };`;
const runs = (name: string) => async (code: string) => {
  const { outcome, resultJson } = await host.run(sourceOf(name), { args: [code], timeoutMs: 5_000 });
  return [outcome, resultJson];
};
const EVIL = 'bcrypt.compare = async () => true; globalThis.lastUser = "alice";';

describe('what a run has left at work', () => {
  it.each([
    ['computes on after its end', `later(() => { for (let i = 0, n = 0; i < 4e8; i += 1) n += i; ${EVIL} });`],
    ['is cut in a callback', `later(() => { Promise.resolve().then(() => { ${EVIL} }); for (;;); });`],
    ['is cut in a callback after a tick', `later(() => { process.nextTick(() => { ${EVIL} }); for (;;); });`],
    ['is cut in a promise', `later(async () => { await null; Promise.resolve().then(() => { ${EVIL} }); for (;;); });`],
  ])('is nothing to the next one when it %s', async (name, left) => {
    const run = runs(name);
    expect(await run(`${left} return 'alice is in'`)).toEqual(['completed', '"alice is in"']);
    const wrong = `return [await bcrypt.compare('wrong', await bcrypt.hash('right', 4)), typeof lastUser]`;
    expect(await run(wrong)).toEqual(['completed', '[false,"undefined"]']);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await run(wrong)).toEqual(['completed', '[false,"undefined"]']);
  });

  it.each([
    ['a console line', `console.log('x');`],
    ['a tick', 'process.nextTick(() => {});'],
    ['a timer', 'setTimeout(() => {}, 0);'],
  ])('keeps none of the next one’s from being told when it was cut after %s', async (name, act) => {
    const run = runs(name);
    expect(await run(`later(() => { ${act} Promise.resolve().then(() => { for (;;); }); }); return 1`)).toEqual([
      'completed',
      '1',
    ]);
    const next = 'await new Promise((r) => process.nextTick(r)); await new Promise((r) => setTimeout(r, 1)); return 2';
    expect(await run(next)).toEqual(['completed', '2']);
  });
});
