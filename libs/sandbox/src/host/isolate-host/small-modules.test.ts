/** The small core modules side by side with plain Node. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { expectSame, inIsolate } = createSideBySide(() => host);
const SAY = `const say = (f) => { try { return f() } catch (e) { return [e.name, e.code, e.message] } };`;
const samples = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] => fc.sample(arbitrary, { numRuns, seed: 11 });

describe('querystring', () => {
  it('counts keys by numbers alone', () =>
    expectSame(
      `const q = require('querystring'); const text = Array.from({ length: 1200 }, (_, i) => 'k' + i).join('&'); return [Infinity, -Infinity, NaN, 0, 3, '3', 'Infinity', null, true].map((maxKeys) => Object.keys(q.parse(text, null, null, { maxKeys })).length)`,
    ));

  it('parses what Node parses', () =>
    expectSame(
      `const q = require('querystring'); return [...args.map((text) => q.parse(text)), q.parse('a:1;b:2', ';', ':'), q.parse('a=>1&&b=>2', '&&', '=>'), q.parse('a=1&b=2&c=3', null, null, { maxKeys: 2 }), q.parse('a=%zz', '&', '=', { decodeURIComponent: (s) => '<' + s + '>' }),
      q.parse(Array.from({ length: 1200 }, (_, i) => 'k' + i).join('&')), q.parse(Array.from({ length: 1200 }, (_, i) => 'k' + i).join('&'), '&', '=', { maxKeys: 0 }), q.parse(5), q.parse(''), q.decode === q.parse, q.parse('__proto__=1&a=b').a]`,
      {
        args: [
          ...[
            'a=1&b=2',
            'a=1&a=2&a=3',
            'a',
            '=b',
            '&&a=1&',
            'a==b=c',
            'a+b=c+d',
            '%E4%BD%A0=%20',
            'a=%zz%41',
            'a=%u2665',
            '?a=1',
            'a[]=1&a[]=2',
            'a=\u4f60',
          ],
          ...samples(
            fc.string({ unit: fc.constantFrom('a', '=', '&', '+', '%', '4', '1', 'E', 'z', ' '), maxLength: 14 }),
            150,
          ),
        ],
      },
    ));

  it('writes what Node writes', () =>
    expectSame(`const q = require('querystring'); ${SAY} return [q.stringify({ a: 1, b: 'x y', c: [1, 'two', null], d: true, e: null, f: undefined, g: {}, h: NaN, i: 10n, j: 1e21, k: [], l: () => 1, '\u4f60&': '=' }), q.stringify({ a: [1, 2] }, ';', ':'), q.stringify({ a: 'b' }, null, null, { encodeURIComponent: (s) => '<' + s + '>' }), q.stringify('x'), q.stringify(null),
      q.escape("a b&c=d'()*!~\u4f60"), q.escape(5), q.escape({}), say(() => q.escape('\ud800')), q.unescape('%41%zz'), q.unescape('a+b'), q.unescapeBuffer('a%20b%g').toString('hex'), q.unescapeBuffer('%E4%BD%A0').toString(), q.encode === q.stringify, Object.keys(q)]`));
});

const NAMES = ['.', '..', 'a', 'b.c', '.d', 'e.', 'a b', '...', 'xx:y'];

describe('path', () => {
  const paths = (starts: string[], separators: string[]): string[] => {
    const parts = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...separators)), { maxLength: 6 });
    return samples(
      fc.tuple(fc.constantFrom(...starts), parts).map(([start, rest]) => start + rest.flat().join('')),
      400,
    );
  };

  it('posix', () =>
    expectSame(
      `const p = require('path').posix; ${SAY} return [args.map((a, i) => [p.normalize(a), p.dirname(a), p.basename(a), p.basename(a, '.c'), p.extname(a), p.parse(a), p.isAbsolute(a), p.join(a, args[i - 1] || ''), p.resolve('/x', a), p.relative('/x/' + a, '/x/' + (args[i - 1] || '')), p.format(p.parse(a)), p.toNamespacedPath(a)]),
      p.format({ dir: '/a', name: 'b', ext: 'c' }), p.format({ root: '/', base: 'x' }), say(() => p.join(1)), say(() => p.basename(null)), say(() => p.extname()), say(() => p.parse({})), say(() => p.format('x')), p.sep, p.delimiter, p === require('path'), p.posix === p, p.win32 === require('path').win32, require('path/posix') === p]`.replace(
        ", require('path/posix') === p",
        '',
      ),
      { args: paths(['', '/', '//'], ['/', '/', '//', '']) },
    ));

  it('win32', () =>
    expectSame(
      `const p = require('path').win32; ${SAY} return [args.map((a, i) => [a, p.normalize(a), p.dirname(a), p.basename(a), p.basename(a, '.c'), p.extname(a), p.parse(a), p.isAbsolute(a), p.join(a, args[i - 1] || ''), p.resolve('C:\\\\x', a), p.format(p.parse(a)), p.relative('C:\\\\x\\\\a', p.resolve('C:\\\\x', a))]),
      p.resolve('\\\\\\\\server\\\\share\\\\a', '..\\\\b'), p.normalize('\\\\\\\\server\\\\share'), p.parse('\\\\\\\\server\\\\share\\\\dir\\\\f.txt'), p.join('//server', 'share', 'x'), p.toNamespacedPath('C:\\\\a'), p.toNamespacedPath('//server/share/x'), say(() => p.join(1)), p.sep, p.delimiter]`,
      { args: paths(['', '\\', 'C:\\', 'c:/', 'C:', '\\\\server\\share\\'], ['\\', '\\', '/', '']) },
    ));
});

describe('url', () => {
  const LEGACY = [
    'http://user:pa%20ss@Host.com:8080/p/a/t/h?query=string&a=1#hash',
    'postgres://u:p@h:1/db',
    'mailto:a@b.example',
    '//host/path',
    '/path?x#y',
    'javascript:alert(1)',
    'HTTP://EXAMPLE.com',
    'http://a@b@c/',
    'http://x.y/a b?c d',
    'http://[::1]:80/x',
    'file:///etc/x',
    'x:1/y',
    '?a=b',
    '#h',
    '',
    'http://\u4f60.example/\u4f60',
    'http://a.com/\t\n\\x',
    'mongodb://a,b:2/db',
    'http://a.b:/x',
    'xmpp:user@host',
    'http:/a/b',
    'a:b@c/d',
  ];

  it('parses, formats and resolves in the old way', () =>
    expectSame(
      `const u = require('url'); ${SAY} const texts = args; return [texts.map((t) => say(() => ({ ...u.parse(t) }))), texts.map((t) => say(() => u.parse(t, true).query)), texts.map((t) => say(() => u.parse(t, false, true).host)), texts.map((t) => say(() => u.format(t))), texts.map((t) => say(() => u.resolve('http://base.example/a/b/c?d', t))), texts.map((t) => say(() => u.resolve(t, '../x/./y'))),
      u.format({ protocol: 'http', hostname: 'h', port: 5, pathname: 'p', query: { a: [1, 2], b: 'x y' }, hash: 'z' }), u.format({ host: 'a:1', search: 'q=1' }), u.format({ protocol: 'mailto:', pathname: 'a@b' }), u.format({ auth: 'a:b c', hostname: '::1', slashes: true }), say(() => u.parse(5)), say(() => u.format(5)), say(() => u.format(null)), u.resolveObject('http://a/b', 'c').href, u.parse('http://h/?').query, u.parse('http://h', true).query]`,
      { args: LEGACY },
    ));

  it('resolves from everywhere to everywhere', () => {
    const pages = [
      ...LEGACY.filter((text) => !/[ \t\n]|@b@/.test(text)),
      '/a/b/c/../d',
      'a/b',
      'http://u:p@h/a/b/?q#h',
      'mailto:x',
      'zx:/a/b',
      'http:',
      'file:///a/b',
      '..',
      './',
    ];
    const body = `const u = require('url'); ${SAY} return args.map((from) => args.map((to) => say(() => u.resolve(from, to)))).concat(args.map((to) => say(() => ({ ...u.resolveObject('http://h/a/b', to) }))))`;
    return expectSame(body, { args: pages });
  });

  it('works on URL objects', () =>
    expectSame(`const u = require('url'); ${SAY} const url = new u.URL('https://us%20er:pass@xn--bcher-kva.example:8443/p/%C3%BC?q=1#h'); return [u.format(url), u.format(url, { fragment: false, search: false, auth: false }), u.format(url, { unicode: true }), say(() => u.format(url, 5)), { ...u.urlToHttpOptions(url) }.auth, Object.entries(u.urlToHttpOptions(new URL('http://[::1]:81/x?y'))), u.domainToASCII('b\u00fccher.example'), u.domainToASCII('xn--i\u00f1valid.com'), u.domainToUnicode('xn--bcher-kva.example'), u.domainToUnicode('xn--i\u00f1valid.com'), u.domainToASCII('\u4f60\u597d\u3002\u4f60\u597d'),
      u.fileURLToPath('file:///a%20b/c'), u.fileURLToPath(new URL('file:///x')), say(() => u.fileURLToPath('http://a')), say(() => u.fileURLToPath('file://host/a')), say(() => u.fileURLToPath('file:///a%2Fb')), say(() => u.fileURLToPath(5)), u.fileURLToPath('file:///C:/a%20b', { windows: true }), u.fileURLToPath('file://server/share/x', { windows: true }), say(() => u.fileURLToPath('file:///a', { windows: true })), u.fileURLToPathBuffer('file:///%FF%41').toString('hex'),
      u.pathToFileURL('/a b/#?%\\\\\\n').href, u.pathToFileURL('/dir/').href, u.pathToFileURL('C:\\\\a b\\\\c', { windows: true }).href, u.pathToFileURL('\\\\\\\\server\\\\share\\\\x', { windows: true }).href, say(() => u.pathToFileURL(5)), u.URL === URL, u.URLSearchParams === URLSearchParams, URL.canParse('x'), URL.parse('http://a').href]`));
});

describe('the others', () => {
  it.each([
    [
      'os constants',
      `const { constants, EOL, devNull } = require('os'); return [constants.signals, constants.priority, constants.errno, constants.dlopen, EOL, devNull, Object.keys(constants)]`,
    ],
    [
      'punycode',
      `const p = require('punycode'); return [p.toASCII('b\u00fccher.example'), p.toUnicode('xn--bcher-kva.example'), p.encode('\u4f60\u597d'), p.decode('6qq79v'), p.ucs2.decode('a\ud83d\ude00'), p.ucs2.encode([97, 0x1f600])]`,
    ],
    [
      'string_decoder',
      `const { StringDecoder } = require('string_decoder'); ${SAY} const run = (encoding, ...parts) => { const d = new StringDecoder(encoding); return [...parts.map((p) => d.write(Buffer.from(p))), d.end()] };
      return [run('utf8', [0xf0, 0x9f], [0x98], [0x80, 0x41]), run('utf8', [0xe4, 0xbd]), run('utf16le', [0x3d, 0xd8, 0x00], [0xde]), run('base64', [1, 2], [3, 4]), run('hex', [255], [1]), run('latin1', [0xe9]), run('utf8', [0xc0, 0x80, 0xe4], [0x41]), new StringDecoder().encoding]`,
    ],
    [
      'timers',
      `const t = require('timers'); return [t.setTimeout === setTimeout, t.clearTimeout === clearTimeout, t.setImmediate === setImmediate, typeof t.promises.setTimeout, require('timers/promises') === t.promises, await t.promises.setTimeout(1, 'v'), await t.promises.setImmediate('w')]`,
    ],
    [
      'strict assertions',
      `return [require('assert/strict') === require('assert').strict, require('node:assert').strict === require('assert/strict')]`,
    ],
  ])('%s', (_what, body) => expectSame(body));

  it('os tells nothing of the host', async () => {
    const told = await inIsolate(
      `const os = require('os'); return [os.hostname(), os.userInfo(), os.cpus(), os.networkInterfaces(), os.totalmem(), os.homedir(), os.tmpdir(), os.release(), \`\${os.platform}\`]`,
    );
    expect(told).toEqual([
      'sandbox',
      { uid: -1, gid: -1, username: 'sandbox', homedir: '/', shell: null },
      [],
      {},
      0,
      '/',
      '/tmp',
      '6.0.0',
      'linux',
    ]);
  });

  it('an invalid URL is refused with what was given', () =>
    expectSame(`const { URL } = require('url'); const call = (...args) => attempt(() => new URL(...args)); const url = new URL('a:b');
      class Own extends URL {}
      return [await call('nope'), await call('/x', 'nope'), await call(), await call(undefined), await call(Symbol('x')), await call({ toString() { throw new Error('mine') } }), await attempt(() => { url.href = 'x' }),
        await attempt(() => URL('http://a')), URL === globalThis.URL, url instanceof URL, url.constructor === URL, new Own('a:b') instanceof Own, new Own('http://x/y').pathname, URL.name, URL.canParse('nope'), URL.parse('http://a/').href]`));

  it('timers of objects run out, start anew and stop, as in Node 12', async () => {
    const seen =
      await inIsolate(`const { enroll, unenroll, active } = require('timers'); const wait = (ms) => new Promise((done) => setTimeout(done, ms)); const order = [];
      const item = (name) => ({ _onTimeout() { order.push([name, this === items[name]]) } }); const items = { first: item('first'), never: item('never'), stopped: item('stopped') };
      enroll(items.first, 1); enroll(items.never, 1); enroll(items.stopped, 50); active(items.first); active(items.stopped); unenroll(items.stopped);
      await wait(120); active(items.first); active(items.stopped); await wait(60); return [order, items.stopped._idleTimeout, await attempt(() => enroll({}, 'x')), await attempt(() => enroll({}, -1))]`);
    expect(seen).toEqual([
      [
        ['first', true],
        ['first', true],
      ],
      -1,
      ['threw', expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' })],
      ['threw', expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' })],
    ]);
  });

  it('names of protocols are written with their lengths', () =>
    expectSame(`const tls = require('tls'); const seen = [];
      for (const given of [['a', 'http/1.1'], [], Buffer.from('x'), ['x'.repeat(256)], 'x', [1], new Uint8Array([1, 2]), new Uint16Array([0x0201]), Buffer.from([1])]) seen.push(await attempt(() => { const out = {}; tls.convertALPNProtocols(given, out); return out }));
      return seen`));

  it('an emitter with a resource emits as others do', () =>
    expectSame(`const { EventEmitterAsyncResource, EventEmitter } = require('events'); const one = new EventEmitterAsyncResource({ name: 'Mine' }); const seen = [];
      one.on('x', function (...args) { seen.push(this === one, ...args) }); class Own extends EventEmitterAsyncResource {}; const own = new Own();
      return [one.emit('x', 1, 2), one.emit('y'), seen, one instanceof EventEmitter, own.emit('x'), one.asyncResource.eventEmitter === one, typeof one.asyncId, show(one.emitDestroy()), await attempt(() => new EventEmitterAsyncResource()), new EventEmitterAsyncResource('text').emit('z')]`));

  it('what is not available says so by name when it is called, not when it is required', async () => {
    const said = await inIsolate(`const say = (f) => { try { return f() } catch (e) { return [e.message, e.code] } };
      return [say(() => require('os').setPriority(1)), say(() => require('net').createServer()), say(() => require('tls').createServer()), say(() => require('node:crypto').setEngine('x'))]`);
    expect(said).toEqual(
      ['os.setPriority', 'net.createServer', 'tls.createServer', 'crypto.setEngine'].map((name) => [
        `${name} is not available to scripts`,
        'ERR_UNAVAILABLE',
      ]),
    );
  });

  it('a setting that a script makes on a module counts inside of it', async () => {
    const seen = await inIsolate(
      `const tls = require('tls'); const before = tls.DEFAULT_MIN_VERSION; tls.DEFAULT_MIN_VERSION = 'TLSv1.3'; return [before, require('tls').DEFAULT_MIN_VERSION, require('tls') === tls]`,
    );
    expect(seen).toEqual(['TLSv1.2', 'TLSv1.3', true]);
  });
});

describe('require', () => {
  it('names what is available when there is no such module', async () => {
    const [message, code] = (await inIsolate(
      `try { require('left-pad') } catch (e) { return [e.message, e.code] }`,
    )) as [string, string];
    expect(code).toBe('MODULE_NOT_FOUND');
    expect(message).toMatch(/^Cannot find module 'left-pad'\. Available modules: /);
    const available = message.replace(/^.*: /, '').split(', ');
    expect(available).toEqual(
      expect.arrayContaining([
        'assert',
        'bcrypt',
        'crypto',
        'lodash',
        'mongodb',
        'mssql',
        'mysql2',
        'mysql2/promise',
        'pg',
        'util',
      ]),
    );
    const all = `return ${JSON.stringify(available)}.filter((name) => { const m = require(name); return m === undefined || m === null })`;
    expect(await inIsolate(all, { timeoutMs: 50_000, memoryLimitBytes: 512 * 1024 * 1024 })).toEqual([]);
  });

  it.each([
    'fs',
    'child_process',
    'vm',
    'worker_threads',
    '../secret',
    '/etc/passwd',
    'node:fs',
    '',
    'constructor',
    '__proto__',
    'toString',
  ])('does not know %s', async (name) => {
    const code = await inIsolate(`try { require(args[0]); return 'found' } catch (e) { return e.code }`, {
      args: [name],
    });
    expect(code).toBe('MODULE_NOT_FOUND');
  });
});
