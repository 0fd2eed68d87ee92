/** What a run comes by through the instances of our own modules, and puts back in sight, changes nothing for the next run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHost, type TestHost } from '../testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const READY_AGAIN_MS = 300;

/** `traps`: every object that is given a property of these names while `work` runs. */
const PRELUDE = `
  const traps = (names, work) => {
    const got = [];
    for (const name of names)
      Object.defineProperty(Object.prototype, name, { configurable: true, set(value) {
        got.push(this);
        Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
      } });
    try { work() } finally { for (const name of names) delete Object.prototype[name] }
    return got;
  };
  const change = (object, name, how) => {
    for (let shared = Object.getPrototypeOf(object); shared && shared !== Object.prototype; shared = Object.getPrototypeOf(shared))
      if (Object.hasOwn(shared, name)) try { how(shared) } catch {}
  };`;

/** What both runs of one script tell, of which the first did `act` after it had told. */
async function inTwoRuns(probe: string, act: string): Promise<readonly unknown[]> {
  const source = `${PRELUDE}
    async function login(run) { const told = await (async () => { ${probe} })(); if (run === 1) { ${act} } return { told }; }`;
  const told: unknown[] = [];
  for (const run of [1, 2]) {
    const { resultJson, error } = await host.run(source, { args: [run], timeoutMs: 20_000 });
    expect(error).toBeUndefined();
    told.push(JSON.parse(resultJson as string));
    await sleep(READY_AGAIN_MS);
  }
  return told;
}

it('the state of a digest that is asked for a copy leads to nothing that the next run’s digests share', async () => {
  const probe = `const crypto = require('crypto');
    return [crypto.createHash('sha256').update('x').digest('hex'), crypto.createHmac('sha512', 'k').update('x').digest('hex')];`;
  const act = `for (const made of [require('crypto').createHash('sha256'), require('crypto').createHmac('sha512', 'k')])
    change(made._copyState?.() ?? {}, 'digest', (shared) => { shared.digest = () => new Uint8Array(32).fill(7) });`;
  const [first, second] = await inTwoRuns(probe, act);
  expect(second).toEqual(first);
});

it.each([
  ['hostname', '_url', `new URL('http://a.b/', 'http://c.d')`, `return new URL('https://good.example/x').hostname`],
  ['get', '_list', `new URLSearchParams('a=b')`, `return new URLSearchParams('a=good').get('a')`],
])(
  'what is behind a URL, met while it is made (%s), is the same in the next run',
  async (member, trap, make, probe) => {
    const change = `(shared) => { const slot = Object.getOwnPropertyDescriptor(shared, '${member}');
    Object.defineProperty(shared, '${member}', slot.get ? { ...slot, get: () => 'evil' } : { ...slot, value: () => 'evil' }) }`;
    const act = `for (const inner of traps(['${trap}'], () => ${make})) change(inner, '${member}', ${change});`;
    const [first, second] = await inTwoRuns(probe, act);
    expect(second).toEqual(first);
  },
);
