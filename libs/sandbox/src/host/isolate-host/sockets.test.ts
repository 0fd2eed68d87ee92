/** Sockets and names beside plain Node: what the outside suites showed to differ. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let server: Server;
let port: number;
const open = new Set<Socket>();

beforeAll(async () => {
  host = await startHost();
  // Sends back what it gets, and ends when its client does.
  server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
});

afterAll(async () => {
  await host.stop();
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const { expectSame, inIsolate } = createSideBySide(() => host);
const same = (body: string): Promise<void> => expectSame(`const net = require('net'); ${body}`, { args: [port] });

describe('a socket beside plain Node', () => {
  it('that is ended before it is connected, as pg does it on a quick end, says so only to who writes then', () =>
    same(`const s = new net.Socket(); const seen = trace(s, ['connect', 'ready', 'finish', 'end', 'close']); s.on('error', (e) => seen.push([e.code, e.message])); s.once('connect', () => s.write('late'));
      s.connect(args[0], '127.0.0.1'); s.end(); await new Promise((r) => s.on('close', r)); return seen`));

  it('sends what was written before it was connected after the listeners that were there', () =>
    same(`const s = new net.Socket(); const seen = []; s.once('connect', () => { seen.push('first'); s.write('b') }); s.connect(args[0], '127.0.0.1'); s.write('a', () => seen.push('written')); let text = '';
      s.on('data', (d) => { text += d; if (text.length === 2) s.end() }); await new Promise((r) => s.on('close', r)); return [seen, text]`));

  it('may connect anew when it is done', () =>
    same(`const s = new net.Socket(); const texts = []; for (const text of ['one', 'two']) { s.connect(args[0], '127.0.0.1', () => s.end(text)); let got = ''; const add = (d) => (got += d); s.on('data', add);
      await new Promise((r) => s.once('close', r)); s.removeListener('data', add); texts.push(got, s.bytesRead, s.bytesWritten) } return texts`));

  it('looks its name up by the function that it is given', () =>
    same(`const seen = []; const lookup = (name, options, done) => { seen.push(name); done(null, '127.0.0.1', 4) };
      const s = net.connect({ host: 'db.invalid', port: args[0], lookup, autoSelectFamily: false }); s.on('lookup', (...found) => seen.push(found)); await new Promise((r) => s.on('connect', r)); s.end(); s.resume(); await new Promise((r) => s.on('close', r));
      const bad = net.connect({ host: 'db.invalid', port: args[0], autoSelectFamily: false, lookup: (name, options, done) => done(null, 'no address') }); seen.push(await new Promise((r) => bad.on('error', (e) => r(showError(e))))); return seen`));

  it('asks the function that it is given for all addresses, or for one, as its options say', () =>
    same(`const seen = []; for (const more of [{}, { family: 0 }, { family: 4 }, { family: 'IPv4' }, { hints: 512 }, { autoSelectFamily: false }, { localAddress: '127.0.0.1' }]) {
        await new Promise((done) => { net.connect({ host: 'db.invalid', port: args[0], ...more, lookup: (name, options) => { seen.push(show({ ...options }), 'family' in options); done() } }).on('error', () => {}) }) } return seen`));

  const CLOSED = `const closed = await new Promise((r) => { const one = net.connect(args[0], '127.0.0.1', () => { const { localPort } = one; one.on('close', () => r(localPort)).destroy() }) });`;
  it.each([
    ['one', `[{ address: '127.0.0.1', family: 4 }]`, 'args[0]'],
    ['one where nobody listens', `[{ address: '127.0.0.1', family: 4 }]`, 'closed'],
    [
      'two, and at the first nobody listens',
      `[{ address: '127.0.0.2', family: 4 }, { address: '127.0.0.1', family: 4 }]`,
      'args[0]',
    ],
    [
      'two where nobody listens',
      `[{ address: '127.0.0.2', family: 4 }, { address: '127.0.0.1', family: 4 }]`,
      'closed',
    ],
    ['one twice', `[{ address: '127.0.0.1', family: 4 }, { address: '127.0.0.1', family: 4 }]`, 'closed'],
    ['one that is none, and one', `[{ address: 'x', family: 4 }, { address: '127.0.0.1', family: 4 }]`, 'args[0]'],
    ['none that is one', `[{ address: 'x', family: 4 }]`, 'args[0]'],
    ['one of no kind', `[{ address: '127.0.0.1', family: 7 }]`, 'args[0]'],
  ])('tries the addresses that it is given: %s', (_what, addresses, port) =>
    same(`${CLOSED} const s = net.connect({ host: 'db.invalid', port: ${port}, lookup: (name, options, done) => setTimeout(done, 1, null, ${addresses}) }); const seen = []; s.on('lookup', (...found) => seen.push(found)).on('connect', () => { seen.push('connect'); s.end() }).resume();
      s.on('error', (e) => seen.push([e.name, e.code, String(e.message).replaceAll(String(${port}), 'PORT'), (e.errors ?? []).map((one) => one.code)])); await new Promise((r) => s.on('close', r)); return seen`),
  );

  it('that is refused shows its fields in the order of Node, also where the port is a text with blanks', () =>
    same(`${CLOSED} const refused = (port) => new Promise((r) => net.connect(port, '127.0.0.1').on('error', (e) => r([Object.keys(e), e.code, e.port === closed])));
      return [await refused(closed), await refused(closed + ' '), await refused('\\t' + closed), await attempt(() => net.connect('', '127.0.0.1'))]`));

  it('asks the function that a request of http is given', () =>
    same(`const seen = []; for (const more of [{}, { family: 4 }, { agent: false }]) { const lookup = (name, options, done) => { seen.push(name, options.all ?? null); done(Object.assign(new Error('no such name'), { code: 'MINE' })) };
        await new Promise((done) => require('http').get({ host: 'db.invalid', port: args[0], lookup, ...more }).on('error', (e) => done(seen.push(e.code)))) } return seen`));

  it('takes one address where many are asked for, as old functions give it', async () => {
    const body = `const net = require('net'); const s = net.connect({ host: 'db.invalid', port: args[0], lookup: (name, options, done) => done(null, '127.0.0.1', 4) }); s.end('x'); let text = ''; for await (const bytes of s) text += bytes; return text`;
    expect(await inIsolate(body, { args: [port] })).toBe('x');
  });

  it('asks for the next buffer as soon as one is used', () =>
    same(`let asked = 0; const texts = []; const s = net.connect({ port: args[0], host: '127.0.0.1', onread: { buffer: () => { asked += 1; return Buffer.alloc(2) }, callback(n, b) { texts.push(b.toString('utf8', 0, n), this === s) } } });
      s.end('hello world'); await new Promise((r) => s.on('close', r)); return [texts, asked]`));

  it('puts what comes into a buffer of the script', () =>
    same(`const seen = []; const s = net.connect({ port: args[0], host: '127.0.0.1', onread: { buffer: Buffer.alloc(4), callback: (n, b) => { seen.push(b.toString('utf8', 0, n)); return true } } });
      s.end('abcdefghij'); await new Promise((r) => s.on('close', r)); return [seen.join(''), seen.every((text) => text.length <= 4), s.bytesRead]`));

  it('counts what it still has to send', () =>
    same(`const s = net.connect(args[0], '127.0.0.1'); s.write('four'); s.write('seven77'); const before = s.bytesWritten; s.resume(); await new Promise((r) => s.on('connect', r)); const family = s.localFamily; s.end(); await new Promise((r) => s.on('close', r));
      return [before, s.bytesWritten, s._handle, family]`));

  it('ends with the signal that it is given', () =>
    same(`const c = new AbortController(); const s = net.connect({ port: args[0], host: '127.0.0.1', signal: c.signal }); setTimeout(() => c.abort(), 20);
      return await new Promise((r) => s.on('error', (e) => r([e.name, e.code, s.destroyed])))`));

  it('refuses options that are none', () =>
    same(`return [await attempt(() => net.connect()), await attempt(() => net.connect({ port: true })), await attempt(() => new net.Socket({ objectMode: true })), await attempt(() => net.connect({ port: 1, localAddress: 'x' })),
      await attempt(() => net.connect({ port: 1, lookup: 'x' })), await attempt(() => net.connect({ port: 1, autoSelectFamily: 'x' })), await attempt(() => new net.Socket().setTimeout(-1)), await attempt(() => new net.Socket().setTimeout(1, 'x')),
      await attempt(() => net.Socket() instanceof net.Socket)]`));
});

describe('dns beside plain Node', () => {
  it('refuses names and callbacks that are none, and knows the names of its errors', () =>
    expectSame(`const dns = require('dns'); return [await attempt(() => dns.resolveNs([])), await attempt(() => dns.resolveNs('x')), await attempt(() => dns.lookup('x')), await attempt(() => dns.resolve('x', 'NOTHING', () => {})),
      await attempt(() => dns.promises.resolveNs([])), dns.NOTFOUND, dns.promises.CANCELLED, typeof new dns.Resolver().resolve4, typeof new dns.promises.Resolver().resolve4]`));
});

describe('classes of crypto beside plain Node', () => {
  it('may be called without new', () =>
    expectSame(`const c = require('crypto'); const h = c.Hash('sha256').update('a'); const key = Buffer.alloc(16);
      return [h instanceof c.Hash, h.digest('hex'), c.Hmac('md5', 'k').update('a').digest('hex'), c.Cipheriv('aes-128-cbc', key, key).update('0123456789abcdef', 'utf8', 'hex'), c.createHash('md5') instanceof c.Hash]`));
});
