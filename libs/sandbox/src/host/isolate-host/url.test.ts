/** `URL`, `URLSearchParams` and what belongs to them, side by side with plain Node. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { expectSame } = createSideBySide(() => host);
const PRELUDE = `const url = require('url'); const util = require('util'); const { URL, URLSearchParams } = url; const told = (call) => attempt(call);`;
const same = (body: string) => expectSame(`${PRELUDE} ${body}`);

describe('the classes of URLs', () => {
  it.each(['URL', 'URLSearchParams', 'new URLSearchParams("a=1").keys().constructor'])(
    '%s have the members that they should',
    (name) =>
      same(`const facts = (target) => Reflect.ownKeys(target).map((key) => { const d = Object.getOwnPropertyDescriptor(target, key); return [String(key), d.enumerable, d.configurable, d.writable ?? null, typeof (d.value ?? d.get), String((d.value ?? d.get)?.name), typeof d.value === 'function' && typeof key === 'string' ? d.value.length : null, typeof d.set] }).sort();
      const made = ${name}; return [made.name, made.length, facts(made).filter(([key]) => !['createObjectURL', 'getOwnPropertyDescriptor'].includes(key)).filter(() => made !== Object && made !== Iterator), made.prototype && made !== Object && made !== Iterator ? facts(made.prototype) : null]`),
  );

  it('keep nothing where a script could reach it', () =>
    same(
      `const u = new URL('http://a.example/?a=1'); const before = Reflect.ownKeys(u); void u.searchParams; return [before.map(String), Reflect.ownKeys(u).map(String), Reflect.ownKeys(u.searchParams).map(String), Reflect.ownKeys(u.searchParams.keys()).map(String), u.searchParams === u.searchParams]`,
    ));

  it('refuse an object that is none of theirs', () =>
    same(`const seen = []; const anything = () => {}; for (const target of [undefined, null, {}, new URL('http://a'), Object.create(URLSearchParams.prototype)]) for (const name of ['append', 'delete', 'get', 'getAll', 'has', 'set', 'sort', 'entries', 'forEach', 'keys', 'values', 'toString'])
        seen.push([name, await told(() => URLSearchParams.prototype[name].call(target, 'a', 'b'))]);
      const next = new URLSearchParams('a=1').keys().next; for (const target of [undefined, {}, []]) seen.push(await told(() => next.call(target)));
      for (const name of ['href', 'origin', 'searchParams', 'hash']) seen.push(await told(() => Reflect.get(URL.prototype, name, {})).then(([how, e]) => [how, e.name])); for (const name of ['toString', 'toJSON']) seen.push(await told(() => URL.prototype[name].call({})).then(([how, e]) => [how, e.name])); return seen`));

  it('say which arguments are missing', () =>
    same(`const p = new URLSearchParams('a=1'); const seen = []; for (const name of ['append', 'delete', 'get', 'getAll', 'has', 'set', 'forEach']) for (const args of [[], ['x'], [Symbol('s'), 'x'], [{ toString() { throw new Error('mine') } }, 'x']]) seen.push([name, await told(() => p[name](...args))]);
      for (const call of [() => new URL(), () => URL.canParse(), () => URL.parse(), () => URL.revokeObjectURL(), () => URL.revokeObjectURL('blob:x'), () => URL('http://a'), () => URLSearchParams('a')]) seen.push(await told(call)); return seen`));

  it.each([
    'undefined',
    'null',
    '"?a=1&b"',
    '"a=%zz"',
    '{ a: 1, b: [2, 3] }',
    '[["a", 1], ["b", 2]]',
    'new Map([["a", "1"]])',
    'new URLSearchParams("a=1&a=2")',
    '[["a"]]',
    '["ab"]',
    '[1]',
    '{ [Symbol.iterator]: 1 }',
    '[["a", "b", "c"]]',
    'Object.assign(() => {}, { a: 1 })',
    'Symbol("s")',
    '{ [Symbol("s")]: 1 }',
    '7',
    'true',
    '"\\ud83d"',
  ])('are made of %s as in Node', (init) => same(`return [await told(() => String(new URLSearchParams(${init})))]`));

  it('take texts apart as Node does, however plain they look', () =>
    same(`const parts = [['http', 'https', 'ws', 'ftp', 'file', 'postgres', 'mongodb', 'HTTP', 'x1', 'a+b', 'a.b'], ['', '@', 'u@', 'u:p@', 'u:@', ':p@', 'u%40:p%zz@', 'u.v~w!$&()*+,:p-q_r@', 'u:p:q@', "u'v@"], ['a.example', 'A.Example', 'localhost', '127.0.0.1', '127.1', '1.2.3.0x4', '0x7f', 'a.1', '1.a', 'xn--bcher-kva.example', 'a.xn--nxasmq6b', 'a..b', 'a.', '-', 'a_b', 'a%41', ''], ['', ':', ':0', ':80', ':443', ':0080', ':5432', ':65535', ':65536', ':x'], ['', '/', '//', '/a', '/a/', '/a//b', '/a/.', '/a/..', '/a/../b', '/a/%2e', '/a/.%2E/b', '/.a', '/a.', '/~a', '/a%2Fb', '/a;b', '/a b', '/%zz', '/C:/a', '/C|/a'], ['', '?', '?a=b', '?a=b&c=%20', '?a=b/c:d@e', "?a='b'", '?a=b?c', '?a[]=b'], ['', '#', '#a']];
      const seen = []; let n = 1; const pick = (list) => { n = (n * 48271) % 2147483647; return list[n % 5 < 3 ? (n >> 4) % Math.min(3, list.length) : (n >> 8) % list.length]; };
      const fields = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];
      for (let i = 0; i < 4000; i++) { const [scheme, user, ...rest] = parts.map(pick); const text = scheme + '://' + user + rest.join(''); const base = [undefined, 'postgres://base', 'http://h.example/x/y?z', 'bad'][i % 4];
        const u = URL.parse(text, base); seen.push(u === null ? text : [text, ...fields.map((field) => u[field])].join(' ')); }
      return seen`));

  it('change a plain one as Node does', () =>
    same(
      `const seen = []; for (const text of ['postgres://u:p@h:1/a/b?c=d', 'https://a.example', 'http://a.example:8080/x']) for (const field of ['protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash', 'href']) for (const value of ['', 'ftp', 'x@y', 'c.example:99', '/a/../b', '?q=1#r', 'http://z.example/']) { const u = new URL(text); await told(() => { u[field] = value; }); const v = new URL(text); seen.push([text, field, value, u.href, u.searchParams.size, v.href].join(' ')) } return seen`,
    ));

  it('live with the URL that they belong to', () =>
    same(`const u = new URL('https://user@a.example:8080/p?q=old#h'); const s = u.searchParams; const seen = []; u.href = 'http://b.example/?q=new'; seen.push(s.get('q'), s.size); s.append('x', ' '); s.delete('q', 'no'); seen.push(u.href); u.search = ''; seen.push(s.size, u.href);
      for (const [name, value] of [['protocol', 'ftp'], ['username', 'ü'], ['password', 'p:'], ['host', 'c.example:99'], ['hostname', 'd.example'], ['port', '7'], ['pathname', 'x y'], ['hash', 'z'], ['port', 'x'], ['host', '']]) { u[name] = value; seen.push(u.href) }
      seen.push(await told(() => { u.href = 'nonsense' }), u.href, await told(() => { 'use strict'; u.origin = 'x' })); return seen`));

  it('show themselves, and what is left of what they give', () =>
    same(`class Mine extends URL {} const p = new URLSearchParams('a=a&b=b&b=c'); const left = p.entries(); left.next(); const shown = [new Mine('http://a/?x=1'), p, p.keys(), p.values(), left, { deep: p.keys() }, new URLSearchParams().keys()].flatMap((one) => [util.inspect(one), util.inspect(one, { breakLength: 1 }), util.inspect(one, { depth: 0 }), util.inspect(one, { depth: -1 })]);
      return [shown, await told(() => p[util.inspect.custom].call({})), String(p.keys()), [...left], p.entries === p[Symbol.iterator]]`));
});

describe('what belongs to URLs', () => {
  it('options of a request come from a copy of a URL, too', () =>
    same(
      `const u = new URL('http://user:pass@a.example:21/p?x#h'); const seen = [{ ...url.urlToHttpOptions(u) }, show({ ...url.urlToHttpOptions({ ...u }) }), url.urlToHttpOptions(new URL('http://[::1]/')).hostname]; for (const bad of [undefined, null, 'http://a', 1]) seen.push(await told(() => url.urlToHttpOptions(bad))); return seen`,
    ));

  it.each([
    '/foo[bar]^|~',
    '/a b\\\\c"<>`{}',
    'C:\\\\foo[bar]',
    '\\\\\\\\?\\\\C:\\\\x\\\\y.txt',
    '\\\\\\\\?\\\\UNC\\\\server\\\\share\\\\f',
    '\\\\\\\\nas\\\\My Docs\\\\F',
  ])('the path %s becomes a URL', (path) =>
    same(
      `return [await told(() => url.pathToFileURL('/dir/${path}').href), await told(() => url.pathToFileURL('${path}', { windows: true }).href)]`,
    ),
  );

  it('half of a pair of surrogates takes what follows', () =>
    same(
      `const { escape } = require('querystring'); const seen = []; for (const text of ['\\ud801test', '\\udc00x', '\\ud83d\\ude00', 'a\\ud801\\n', 'x\\ud801']) seen.push(await told(() => escape(text))); return seen`,
    ));

  it('a decoder waits for bytes that may yet make a character', () =>
    same(
      `const { StringDecoder } = require('string_decoder'); const seen = []; for (const parts of [['f69b', 'd1'], ['f4', 'bde5'], ['e080', '80'], ['c0', '80'], ['eda0', '80'], ['f8', '80'], ['ff', '41'], ['f48fbf', 'bf'], ['e2', '82', 'ac']]) { const d = new StringDecoder('utf8'); const own = []; for (const part of parts) own.push(d.write(Buffer.from(part, 'hex'))); own.push(d.end()); seen.push(own) } return seen`,
    ));
});
