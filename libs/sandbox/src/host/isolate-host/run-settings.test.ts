import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const SETTINGS: readonly (readonly [name: string, set: string, get: string, standard: unknown])[] = [
  [
    'events.defaultMaxListeners',
    `e.defaultMaxListeners = 77`,
    `[e.defaultMaxListeners, new e().getMaxListeners()]`,
    [10, 10],
  ],
  ['the order of addresses', `dns.setDefaultResultOrder('ipv6first')`, `dns.getDefaultResultOrder()`, 'verbatim'],
  ['name servers', `dns.setServers(['192.0.2.7'])`, `dns.getServers().includes('192.0.2.7')`, false],
  ['how addresses are tried', `net.setDefaultAutoSelectFamily(false)`, `net.getDefaultAutoSelectFamily()`, true],
  [
    'how long each is',
    `net.setDefaultAutoSelectFamilyAttemptTimeout(11)`,
    `net.getDefaultAutoSelectFamilyAttemptTimeout()`,
    250,
  ],
  ['how much of a buffer is shown', `buffer.INSPECT_MAX_BYTES = 1`, `buffer.INSPECT_MAX_BYTES`, 50],
  [
    'what streams hold',
    `s.setDefaultHighWaterMark(false, 3); s.setDefaultHighWaterMark(true, 3)`,
    `[s.getDefaultHighWaterMark(false), s.getDefaultHighWaterMark(true), new s.Readable().readableHighWaterMark]`,
    [65536, 16, 65536],
  ],
  [
    'settings of the global agents',
    `for (const { globalAgent: a } of [http, https]) Object.assign(a, { maxSockets: 0, protocol: 'gopher:', keepAlive: false, maxTotalSockets: 1, defaultPort: 7 })`,
    `[http, https].flatMap(({ globalAgent: a }) => [a.maxSockets === Infinity, a.protocol, a.keepAlive, a.maxTotalSockets === Infinity, a.defaultPort])`,
    [true, 'http:', true, true, 80, true, 'https:', true, true, 443],
  ],
  [
    'what a script has put in the place of one',
    `Object.defineProperty(http.globalAgent, 'maxSockets', { get: () => 0, set() { throw new Error('never') }, configurable: true })`,
    `http.globalAgent.maxSockets === Infinity`,
    true,
  ],
];

it.each(SETTINGS)('holds for one run alone: %s', async (_, set, get, standard) => {
  const source = `const e = require('events'), dns = require('dns'), net = require('net'), buffer = require('buffer'), s = require('stream'), http = require('http'), https = require('https');
    async function login(sets) { const before = ${get}; if (sets) { ${set} } return [before, ${get}]; }`;
  const run = async (sets: boolean) => {
    const { resultJson } = await host.run(source, { args: [sets] });
    return JSON.parse(resultJson as string) as [unknown, unknown];
  };
  for (let times = 0; times < 2; times += 1) {
    const [before, after] = await run(true);
    expect(before).toEqual(standard);
    expect(after).not.toEqual(standard);
    expect(await run(false)).toEqual([standard, standard]);
  }
});
