import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NameServer, startNameServer } from './testing/name-server.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let names: NameServer;

beforeAll(async () => {
  names = await startNameServer();
  host = await startHost();
}, 60_000);

afterAll(async () => {
  await host?.stop();
  await names?.stop();
});

const { expectSame, sameResult, inIsolate } = createSideBySide(() => host);

const METHODS = ['4', '6', 'Any', 'Caa', 'Mx', 'Naptr', 'Ns', 'Soa', 'Srv', 'Tlsa', 'Txt', 'Cname', 'Ptr'];

/** A resolver of its own asks the server of the test in plain Node; in the sandbox it asks as all others do. */
const OWN = `const own = (resolver) => { resolver.setServers([args[0]]); return resolver; };`;
const withServer = () => ({ args: [names.address] });

/** `told` calls a function of callbacks and gives what the callback got; bytes are shown, holes and what is undefined are not. */
const TOLD = `const told = (call) => new Promise((resolve) => call((...values) => resolve(values.map((value) => show(shown(value))))));
  const shown = (value) => value instanceof ArrayBuffer ? Buffer.from(value) : Array.isArray(value) ? value.filter(() => true).map(shown)
    : value && typeof value === 'object' && !(value instanceof Error) ? Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined).map(([key, part]) => [key, shown(part)])) : value;`;

describe('records beside plain Node', () => {
  it.each(METHODS)('resolve%s gives what the name system has', async (method) => {
    const seen = await sameResult(
      `${OWN} ${TOLD} const dns = require('dns'); const name = 'resolve${method}';
      return [await told((done) => dns[name]('zone.test', done)), await told((done) => own(new dns.Resolver())[name]('zone.test', done)),
        await attempt(async () => shown(await dns.promises[name]('zone.test'))), await attempt(async () => shown(await own(new dns.promises.Resolver())[name]('zone.test')))]`,
      withServer(),
    );
    expect(JSON.stringify(seen)).toMatch(
      ['Cname', 'Ptr'].includes(method) ? /ENODATA|EGRESS/ : /zone|192|2001|spf|abcdef|letsencrypt/,
    );
  });

  it.each(['A', 'AAAA', 'ANY', 'CAA', 'MX', 'NAPTR', 'NS', 'SOA', 'SRV', 'TLSA', 'TXT'])(
    'resolve asks for %s by its name',
    (type) =>
      expectSame(`${TOLD} const dns = require('dns');
        return [await told((done) => dns.resolve('zone.test', '${type}', done)), await attempt(async () => shown(await dns.promises.resolve('zone.test', '${type}')))]`),
  );

  it('say how long addresses hold when asked for it', () =>
    expectSame(`${TOLD} const dns = require('dns');
      return [await told((done) => dns.resolve4('zone.test', { ttl: true }, done)), await dns.promises.resolve6('zone.test', { ttl: true }), await dns.promises.resolve4('zone.test', { ttl: false })]`));

  it('of names that do not exist are errors that name the question', () =>
    expectSame(`${TOLD} const dns = require('dns');
      return [await told((done) => dns.resolveSoa('nowhere.test', done)), await told((done) => dns.resolveAny('nowhere.test', done)),
        await attempt(() => dns.promises.resolve4('nowhere.test')), await attempt(() => dns.promises.reverse('192.0.2.77'))]`));
});

describe('resolvers beside plain Node', () => {
  it('cancel their own questions and no others', () =>
    expectSame(
      `${OWN} const dns = require('dns'); const one = own(new dns.promises.Resolver()); const other = own(new dns.promises.Resolver());
      const cancelled = attempt(() => one.resolveTxt('silent.test')); const answered = attempt(() => other.resolveTxt('zone.test'));
      one.cancel(); return [await cancelled, await answered, await attempt(() => one.resolveTxt('zone.test'))]`,
      withServer(),
    ));

  it('cancel questions of callbacks', () =>
    expectSame(
      `${OWN} ${TOLD} const resolver = own(new (require('dns').Resolver)());
      const cancelled = told((done) => resolver.resolve4('silent.test', done)); resolver.cancel(); return cancelled`,
      withServer(),
    ));

  it('keep lists of servers apart from the module and from each other', async () => {
    const before = (await inIsolate(`return require('dns').getServers()`)) as string[];
    expect(before).toEqual(['127.0.0.1']);
    const seen =
      await inIsolate(`const dns = require('dns'); const [one, other] = [new dns.Resolver(), new dns.promises.Resolver()];
      one.setServers(['1.1.1.1', '[::1]:54', '2.2.2.2:53', '3.3.3.3:5353']); dns.setServers(['4.4.4.4']);
      return [one.getServers(), other.getServers(), dns.getServers(), dns.promises.getServers(), await one.constructor.name]`);
    const given = ['1.1.1.1', '[::1]:54', '2.2.2.2', '3.3.3.3:5353'];
    expect(seen).toEqual([given, ['127.0.0.1'], ['4.4.4.4'], ['4.4.4.4'], 'Resolver']);
  });

  it('refuse lists of servers that are none', () =>
    expectSame(`const resolver = new (require('dns').Resolver)();
      return [await attempt(() => resolver.setServers('x')), await attempt(() => resolver.setServers([1])), await attempt(() => resolver.setServers(['x'])), await attempt(() => resolver.setServers(['[x]:1']))]`));
});

describe('the names of an address beside plain Node', () => {
  it('are those of host and service', () =>
    expectSame(`${TOLD} const dns = require('dns');
      return [await told((done) => dns.lookupService('127.0.0.1', 22, done)), await attempt(() => dns.promises.lookupService('127.0.0.1', '80'))]`));

  it('are not asked for what is no address or no port', () =>
    expectSame(`const dns = require('dns'); const none = () => undefined;
      return [await attempt(() => dns.lookupService('x', 1, none)), await attempt(() => dns.lookupService('1.1.1.1', 70000, none)), await attempt(() => dns.lookupService('1.1.1.1', 1)),
        await attempt(() => dns.lookupService('1.1.1.1', 1, 'x')), await attempt(() => dns.promises.lookupService('1.1.1.1')), await attempt(() => dns.promises.lookupService('x', 1)),
        await attempt(() => dns.reverse('x', none)), await attempt(() => dns.promises.reverse('x'))]`));
});
