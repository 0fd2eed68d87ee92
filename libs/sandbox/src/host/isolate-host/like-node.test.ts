/** What scripts meet inside the isolate, side by side with plain Node. */
import { createRequire } from 'node:module';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

type Login = (...args: unknown[]) => Promise<unknown>;

/** The same source, run by this very Node. */
async function inNode(source: string, args: readonly unknown[]): Promise<unknown> {
  const login = new Function('require', `${source}\n;return login`)(createRequire(import.meta.url)) as Login;
  return JSON.parse(JSON.stringify((await login(...args)) ?? null));
}

async function inIsolate(source: string, args: readonly unknown[]): Promise<unknown> {
  const { outcome, resultJson, error } = await host.run(source, { args });
  if (outcome !== 'completed') throw new Error(`${outcome}: ${error?.name} ${error?.message} at ${error?.line}`);
  return JSON.parse(resultJson as string);
}

async function expectSame(body: string, args: readonly unknown[] = []): Promise<void> {
  const source = `async function login(...args) { ${body} }`;
  const expected = await inNode(source, args);
  expect(expected).not.toBeNull();
  expect(await inIsolate(source, args)).toEqual(expected);
}

describe('crypto gives what Node gives', () => {
  it.each(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'ripemd160', 'sha3-256', 'SHA256', 'RSA-SHA512'])(
    'hash and HMAC: %s',
    (name) =>
      expectSame(
        `const c = require('crypto'); const h = c.createHash(args[0]).update('a').update(Buffer.from('\u00fc'));
        return [h.copy().digest('hex'), h.digest('base64'), c.createHmac(args[0], 'key').update('data').digest('latin1').length]`,
        [name],
      ),
  );

  it('key derivation', () =>
    expectSame(`const c = require('crypto'); const { promisify } = require('util');
      return [c.pbkdf2Sync('p', 's', 1000, 20, 'sha1').toString('hex'), (await promisify(c.pbkdf2)('p', Buffer.from('s'), 10, 32, 'sha512')).toString('hex'),
        c.scryptSync('p', 's', 32, { N: 1024 }).toString('hex'), (await promisify(c.scrypt)('p', 's', 16)).toString('hex')]`));

  it('errors', () =>
    expectSame(`const c = require('crypto'); const say = (f) => { try { f() } catch (e) { return [e.name, e.code] } };
      return [say(() => c.createHash('md5').update({})), say(() => c.timingSafeEqual(Buffer.alloc(1), Buffer.alloc(2))),
        say(() => { const h = c.createHash('md5'); h.digest(); h.digest() }), say(() => c.randomBytes(-1))]`));

  it('webcrypto as pg uses it', () =>
    expectSame(`const { subtle } = globalThis.crypto; const bytes = new TextEncoder().encode('data'); const hex = (b) => Buffer.from(b).toString('hex');
      const key = await subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
      const secret = await subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits']);
      return [hex(await subtle.digest('SHA-256', bytes)), hex(await subtle.sign('HMAC', key, bytes)),
        hex(await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: bytes, iterations: 100 }, secret, 256))]`));

  it('random values are random, of the right shape and never the same twice', async () => {
    const source = `function login() { const c = require('crypto');
      return [c.randomBytes(16).toString('hex'), c.randomUUID(), c.randomInt(5), c.randomBytes(5000).length, c.webcrypto.getRandomValues(new Uint8Array(4)).length] }`;
    const [first, second] = [await inIsolate(source, []), await inIsolate(source, [])] as unknown[][];
    expect(first?.[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(first?.[1]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(first?.slice(3)).toEqual([5000, 4]);
    expect(first?.[0]).not.toBe(second?.[0]);
  });
});

describe('bcrypt gives what Node gives', () => {
  it('in all its forms', () =>
    expectSame(`const b = require('bcrypt'); const hash = '$2b$04$abcdefghijklmnopqrstuu4VqT3JvYVYkQJ4v4r5YV8kJm7XrGWyq';
      const own = await b.hash('secret', 4); const called = await new Promise((r) => b.compare('secret', own, (...told) => r([told.length, String(told[0]), told[1]])));
      return [await b.compare('secret', own), b.compareSync('wrong', own), called, b.getRounds(hash), own.length, b.genSaltSync(5).slice(0, 7),
        (await b.genSalt(6, 'a')).slice(0, 7), b.hashSync('x', '$2b$04$abcdefghijklmnopqrstuu'), await b.hash(Buffer.from('x'), '$2b$04$abcdefghijklmnopqrstuu')]`));

  it('with its errors', () =>
    expectSame(`const b = require('bcrypt'); const say = async (f) => { try { return await f() } catch (e) { return e.message } };
      return [await say(() => b.compare('x')), await say(() => b.hash('x')), await say(() => b.hashSync(1, 4)), await say(() => b.compare(1, 'x')),
        await say(() => b.hash('x', 'not a salt')), await say(() => b.compare('x', 'no hash')), await say(() => b.getRounds('x'))]`));

  it('with what callbacks are told, and where they may stand', () =>
    expectSame(`const b = require('bcrypt'), salt = '$2b$04$abcdefghijklmnopqrstuu'; const tell = (value) => value instanceof Error ? value.message : value === undefined ? 'undefined' : value;
      const told = (call) => new Promise((done) => { if (call((...args) => done(args.map(tell)))) done('a promise, too') });
      const say = async (f) => { try { return tell(await f()) } catch (e) { return e.message } };
      return [await told((cb) => b.hash('x', salt, cb)), await told((cb) => b.compare('x', b.hashSync('x', 4), cb)), (await told((cb) => b.genSalt(cb)))[0], (await told((cb) => b.genSalt(4, cb)))[0],
        await told((cb) => b.genSalt('x', cb)), await told((cb) => b.genSalt(4, 'x', cb)), await told((cb) => b.hash(cb)), await told((cb) => b.hash('x', cb)), await told((cb) => b.hash(1, 4, cb)),
        await told((cb) => b.hash('x', 'no salt', cb)), await told((cb) => b.compare(cb)), await told((cb) => b.compare('x', cb)), await told((cb) => b.compare('x', 1, cb)), await told((cb) => b.compare('x', null, cb)),
        await say(() => b.hash('x', 4, 'x')), await say(() => b.compare('x', 'x', {})), await say(() => b.compare('x', 'x', null)), await say(() => b.genSalt(4, 'x')), await say(() => b.genSaltSync(4, 'x')),
        (await say(() => b.genSalt(4.5))).slice(0, 7), await say(() => b.getRounds('$2x$12$')), Object.entries(b).map(([name, f]) => [name, f.name, f.length])]`));
});

describe('globals and small modules give what Node gives', () => {
  it('as the text of an error, with its code where Node has it there', () =>
    expectSame(`const say = (f) => { try { return String(f()) } catch (e) { return [String(e), 'x' + e, Object.keys(e)] } };
      return [() => Buffer.alloc('x'), () => require('path').join(1), () => setTimeout(1), () => process.nextTick(1), () => queueMicrotask(1), () => require('crypto').randomBytes(-1), () => new URL('x'),
        () => new URLSearchParams([1]), () => require('events').prototype.on.call({}, 'a', 1), () => require('zlib').gzipSync(1), () => require('util').promisify(1), () => require('http').request({ path: 'a b' }), () => Buffer.alloc(3).swap16()].map(say)`));

  it.each([
    [
      'Buffer',
      `const b = Buffer.from('h\\u00e9llo'); return [b.toString('hex'), b.toString('base64url'), Buffer.from('aGk', 'base64url').toString(), Buffer.byteLength('\\u4f60'),
      b.readUInt16BE(1), Buffer.concat([b, Buffer.alloc(2)]).length, b.equals(Buffer.from(b)), b.indexOf('l'), b.slice(1, 3).length, Buffer.isBuffer(b), JSON.stringify(b), Buffer.compare(b, Buffer.alloc(1)), b.subarray(1) instanceof Buffer]`,
    ],
    [
      'URL',
      `const u = new URL('postgres://us%40er:p%2Fw@h.example:5433/db?sslmode=require&a=1#f'); u.searchParams.append('b', '\\u00fc');
      return [u.href, u.username, u.password, u.port, [...u.searchParams], new URL('http://b\\u00fccher.example/\\u4f60').href, new URL('../x', 'http://a/b/c/d').href]`,
    ],
    [
      'legacy url, querystring, path',
      `const u = require('url').parse('http://u:p@h:1/p?q=1#f', true); return [u.host, u.auth, u.query.q, u.hash, require('querystring').stringify({ a: [1, 2], b: '\\u00fc ' }),
      require('querystring').parse('a=1&a=2&b=%20'), require('path').join('/a', '../b', 'c.js'), require('path').extname('x.tar.gz')]`,
    ],
    [
      'text encoding',
      `const d = new TextDecoder(); return [new TextEncoder().encode('\\u4f60\\ud83d\\ude00'), d.decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])), d.decode(new Uint8Array([0xe4, 0xbd]), { stream: true }),
      d.decode(new Uint8Array([0xa0])), new TextDecoder('latin1').decode(new Uint8Array([0xe9])), (() => { try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff])) } catch (e) { return e.code } })()].map((x) => typeof x === 'object' ? [...x] : x)`,
    ],
    [
      'text in the encodings of old databases and web services',
      `const all = Uint8Array.from({ length: 256 }, (_, n) => n); const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex')); const seen = [];
      for (const label of ['windows-1252', 'latin1', 'ascii', 'iso-8859-1', 'cp1252', 'iso-8859-2', 'iso-8859-15', 'windows-1250', 'windows-1251', 'koi8-r', 'macintosh', 'x-user-defined']) { const d = new TextDecoder(label); seen.push(d.encoding, d.decode(all)) }
      seen.push(new TextDecoder('gbk').decode(bytes('c4e3bac3')), new TextDecoder('big5').decode(bytes('a741a66e')), new TextDecoder('shift_jis').decode(bytes('8aa27d')), new TextDecoder('euc-kr').decode(bytes('b0a1')), new TextDecoder('utf-16be').decode(bytes('feff4f60')));
      const stream = new TextDecoder('GBK'); for (const piece of ['c4', 'e3ba', 'c3', '41']) seen.push(stream.decode(bytes(piece), { stream: true })); seen.push(stream.decode(), stream.decode(bytes('c4e3')));
      for (const make of [() => new TextDecoder('nope'), () => new TextDecoder('gbk', { fatal: true }).decode(bytes('ff'))]) try { make() } catch (e) { seen.push(e.name, e.code, e.message) } return seen`,
    ],
    [
      'the body of a fetch as a stream of Node',
      `const { Readable } = require('stream'); const r = Readable.fromWeb(new Response('h\u00e9llo').body); const parts = []; for await (const part of r) parts.push(part);
      const objects = Readable.fromWeb(ReadableStream.from([{ a: 1 }]), { objectMode: true }); const told = []; for await (const one of objects) told.push(one);
      return [parts.every(Buffer.isBuffer), Buffer.concat(parts).toString(), r.readableObjectMode, r.destroyed, told]`,
    ],
    [
      'atob and btoa',
      `return [btoa('h\\u00e9'), atob('aOk='), (() => { try { btoa('\\u4f60') } catch (e) { return [e.name, e.code] } })()]`,
    ],
    [
      'structuredClone',
      `const a = { at: new Date(0), list: [1, { b: null }], map: new Map([[1, 2]]) }; a.self = a; const c = structuredClone(a); return [c.at.getTime(), c.list, c.self === c, [...c.map], c !== a]`,
    ],
    [
      'AbortController',
      `const c = new AbortController(); const seen = []; c.signal.addEventListener('abort', (e) => seen.push(e.type)); c.abort(); c.abort();
      const t = AbortSignal.timeout(5); await new Promise((r) => t.addEventListener('abort', r)); return [seen, c.signal.aborted, c.signal.reason.name, t.reason.name, AbortSignal.any([c.signal]).aborted]`,
    ],
    [
      'events',
      `const E = require('events'); const e = new E(); const seen = []; e.once('a', (x) => seen.push(x)); e.prependListener('a', () => seen.push('first')); e.emit('a', 1); e.emit('a', 2);
      setTimeout(() => e.emit('b', 3), 1); const [b] = await E.once(e, 'b'); return [seen, b, e.listenerCount('a'), (() => { try { e.emit('error', new Error('x')) } catch (x) { return x.message } })()]`,
    ],
    [
      'streams',
      `const { Readable, Transform, pipeline } = require('stream'); const upper = new Transform({ transform(c, e, done) { done(null, c.toString().toUpperCase()) } }); let out = '';
      await new Promise((r, j) => pipeline(Readable.from(['a', 'b']), upper, (e) => e ? j(e) : r()).on('data', (d) => out += d)); const all = []; for await (const x of Readable.from([1, 2])) all.push(x); return [out, all]`,
    ],
    [
      'util',
      `const u = require('util'); return [u.format('%s %d %j %%', 'a', 1.5, { b: 1 }, 'rest'), u.inspect({ a: [1, 'x', null, undefined], f: true }), u.types.isDate(new Date()), u.isDeepStrictEqual({ a: [1] }, { a: [1] }),
      await u.promisify((x, done) => done(null, x + 1))(1), u.inherits.length]`,
    ],
    [
      'assert',
      `const a = require('assert'); const say = (f) => { try { f(); return 'fine' } catch (e) { return [e.name, e.code] } }; return [say(() => a.strictEqual(1, 1)), say(() => a.deepStrictEqual({ a: 1 }, { a: 2 })), say(() => a(0)), say(() => a.throws(() => { throw 1 }))]`,
    ],
    [
      'string_decoder',
      `const { StringDecoder } = require('string_decoder'); const d = new StringDecoder('utf8'); return [d.write(Buffer.from([0xe4, 0xbd])), d.write(Buffer.from([0xa0])), d.end()]`,
    ],
    [
      'lodash',
      `const _ = require('lodash'); return [_.VERSION, _.camelCase('a b'), _.groupBy([1, 2, 3], (n) => n % 2), _.template('<%= a %>')({ a: 1 })]`,
    ],
    [
      'the kinds of globals',
      `return ['navigator', 'Response', 'WebSocket2', 'global', 'globalThis', 'queueMicrotask', 'performance', 'Event', 'Intl', 'escape'].map((n) => n === 'navigator' || n === 'Response' ? 0 : typeof globalThis[n])`,
    ],
  ])('%s', (_what, body) => expectSame(body));

  it('the order of ticks, microtasks, timers and immediates', () =>
    expectSame(`const seen = []; const push = (x) => () => seen.push(x);
      await new Promise((done) => setTimeout(() => {
        setTimeout(push('timeout'), 2); setImmediate(push('immediate')); process.nextTick(push('tick'));
        Promise.resolve().then(push('promise')).then(push('promise 2')); queueMicrotask(push('microtask')); seen.push('sync');
        Promise.resolve().then(() => { process.nextTick(push('tick in promise')); Promise.resolve().then(push('promise in promise')) });
        setTimeout(done, 20);
      }, 1));
      const interval = setInterval(push('interval'), 1); await new Promise((r) => setTimeout(r, 40)); clearInterval(interval);
      const cleared = setTimeout(push('never'), 1); clearTimeout(cleared); clearTimeout(undefined); await require('timers/promises').setTimeout(5, 'x');
      return [seen.filter((x) => x !== 'interval'), seen.includes('interval')]`));
});

describe('net gives what Node gives', () => {
  let server: Server;
  let port: number;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write('hello');
      socket.on('data', (bytes) => socket.write(bytes));
      socket.on('end', () => socket.end('bye'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('a conversation with a server that speaks first, to its end', () =>
    expectSame(
      `const net = require('net'); const seen = []; let text = ''; const s = net.connect(args[0], '127.0.0.1');
      for (const name of ['connect', 'ready', 'end', 'close']) s.on(name, (x) => seen.push(name === 'close' ? ['close', x] : name));
      s.on('data', (d) => { text += d; if (text === 'hello') s.write('12', () => s.end('3')) });
      const before = [s.connecting, s.readyState, s.pending]; await new Promise((r) => s.on('close', r));
      return [seen, text, before, s.destroyed, s.bytesRead, s.bytesWritten]`,
      [port],
    ));

  it('megabytes in both directions', () =>
    expectSame(
      `const net = require('net'); const c = require('crypto'); const s = net.connect({ port: args[0], host: '127.0.0.1' }); const sent = Buffer.alloc(3e6, 'abcdefg'); const got = c.createHash('sha256'); let n = 0;
      s.on('data', (d) => { n += d.length; got.update(d) }); s.end(sent); await new Promise((r) => s.on('close', r)); return [n, got.digest('hex')]`,
      [port],
    ));

  it('a slow reader', () =>
    expectSame(
      `const s = require('net').connect(args[0], '127.0.0.1'); s.write(Buffer.alloc(2e6, 'z')); s.end(); let n = 0;
      for await (const chunk of s) { n += chunk.length; if (n % 3 === 0) await new Promise((r) => setTimeout(r, 1)) } return n`,
      [port],
    ));

  it('a refused connection, with all fields of the error', () =>
    expectSame(`const s = require('net').connect(1, '127.0.0.1'); const seen = [];
      const e = await new Promise((r) => s.on('error', r)); s.on('close', (x) => seen.push(x)); await new Promise((r) => s.on('close', r));
      return [e.name, e.message, e.code, e.errno, e.syscall, e.address, e.port, seen, s.destroyed]`));

  it('idle timeouts, and writing after the end', () =>
    expectSame(
      `const net = require('net'); const s = net.connect(args[0], '127.0.0.1'); s.setTimeout(20); await new Promise((r) => s.on('timeout', r)); s.end();
      const e = await new Promise((r) => { s.on('error', r); s.write('late') }); return [e.code, net.isIP('::1'), net.isIP('1.2.3.4'), net.isIP('1.2.3'), net.isIPv6('::ffff:1.2.3.4'), net.isIPv6('1::2::3')]`,
      [port],
    ));

  it('a bad port', () =>
    expectSame(`try { require('net').connect(99999, '127.0.0.1') } catch (e) { return [e.name, e.code] }`));

  it('no way to listen, and none to unix sockets', async () => {
    await expect(inIsolate(`function login() { require('net').createServer() }`, [])).rejects.toThrow('not available');
    const source = `async function login() { await new Promise((r, j) => require('net').connect('/var/run/x.sock').on('error', j)) }`;
    await expect(inIsolate(source, [])).rejects.toThrow('Unix sockets');
  });
});
