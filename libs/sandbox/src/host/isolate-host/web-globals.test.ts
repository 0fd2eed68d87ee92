/** The globals of the web platform inside the isolate, side by side with plain Node. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());
const { expectSame, inIsolate } = createSideBySide(() => host);
const PRELUDE = `const read = async (stream) => { const all = []; for await (const part of stream) all.push(typeof part === 'string' ? part : Buffer.from(part).toString('latin1')); return all };`;
const same = (body: string) => expectSame(`${PRELUDE} ${body}`);

const NAMES = [
  ...['fetch', 'Headers', 'Request', 'Response', 'FormData', 'Blob', 'File', 'URL', 'URLSearchParams'],
  ...['AbortController', 'AbortSignal', 'Event', 'EventTarget', 'CustomEvent', 'DOMException'],
  ...[
    'TextEncoder',
    'TextDecoder',
    'TextEncoderStream',
    'TextDecoderStream',
    'CompressionStream',
    'DecompressionStream',
  ],
  ...['ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader', 'ReadableStreamBYOBRequest'],
  ...['ReadableByteStreamController', 'ReadableStreamDefaultController', 'WritableStream', 'TransformStream'],
  ...['WritableStreamDefaultController', 'WritableStreamDefaultWriter', 'TransformStreamDefaultController'],
  ...['ByteLengthQueuingStrategy', 'CountQueuingStrategy', 'structuredClone', 'queueMicrotask', 'atob', 'btoa'],
];

describe('the globals', () => {
  it('are there, by their names, and can be replaced', () =>
    same(
      `const names = ${JSON.stringify(NAMES)}; const seen = names.map((n) => [n, typeof globalThis[n], globalThis[n].name, Object.getOwnPropertyDescriptor(globalThis, n).configurable]); const own = globalThis.Response; globalThis.Response = 5; seen.push(Response); globalThis.Response = own; return [seen, typeof performance.now(), crypto.randomUUID().length, typeof crypto.subtle, Object.prototype.toString.call(new Blob()), String(new Headers()), String(new FormData())]`,
    ));
  it('that a run replaces are there again for the next', async () => {
    const body = `const was = [typeof fetch, typeof Response, typeof Blob, typeof URL]; globalThis.fetch = globalThis.Response = globalThis.Blob = globalThis.URL = 1; return was`;
    for (let i = 0; i < 2; i++) expect(await inIsolate(body)).toEqual(Array(4).fill('function'));
  });
  it.each(['axios', 'lodash', 'mongodb', 'mssql', 'mysql2', 'pg'])('are not loaded by %s', async (name) => {
    const body = `require('${name}'); return ['fetch', 'FormData', 'Response', 'ReadableStream'].filter((n) => !Object.getOwnPropertyDescriptor(globalThis, n).get)`;
    expect(await inIsolate(body)).toEqual([]);
  });
  it('tell pg nothing that it would take for Cloudflare', async () => {
    expect(
      await inIsolate(`return [typeof navigator, new Response(null, { cf: { thing: true } }).cf === undefined]`),
    ).toEqual(['undefined', true]);
  });
  it('are the classes that modules export', () =>
    same(
      `const web = require('stream/web'); const b = require('buffer'); return [web.ReadableStream === ReadableStream, web.TransformStream === TransformStream, b.Blob === Blob, b.File === File, require('url').URL === URL, require('util').TextDecoder === TextDecoder, Object.keys(web).filter((name) => name !== 'ReadableStreamTee').sort()]`,
    ));
  it('are no modules by another name', async () => {
    await expect(inIsolate(`require('#web')`)).rejects.toThrow("Cannot find module '#web'");
    await expect(inIsolate(`require('nope')`)).rejects.not.toThrow('#web');
  });
});

it('a signal that has time left when its run ends costs no isolate', async () => {
  const body = 'AbortSignal.timeout(60000); return performance.timeOrigin';
  expect(await inIsolate(body)).toBe(await inIsolate(body));
});

it('long texts become bytes and texts again as short ones do', () =>
  same(`const crypto = require('crypto'); const sum = (x) => crypto.createHash('md5').update(x).digest('hex'); const texts = ['x'.repeat(5000), 'h\u00e9\u4f60\ud83d\ude00'.repeat(3000), '\ud800a'.repeat(4000)]; const noise = Buffer.from(Array.from({ length: 9000 }, (_, i) => (i * 7919 + (i >> 3)) % 256)); const seen = [];
    for (const text of texts) for (const encoding of ['utf8', 'latin1', 'utf16le', 'hex', 'base64', 'ascii', undefined]) { const b = Buffer.from(text, encoding); seen.push(b.length, b.constructor.name, sum(b), Buffer.isBuffer(b)) }
    for (const encoding of ['utf8', 'latin1', 'utf16le', 'hex', 'base64', 'base64url', undefined]) seen.push(sum(Buffer.from(noise.toString(encoding), 'utf16le')), sum(Buffer.from(noise.toString(encoding, 3), 'utf16le')), noise.toString(encoding, 10, 5000).length, noise.toString(encoding, 5000, 10), noise.toString(encoding, 0, 1e6).length);
    seen.push(sum(new TextEncoder().encode(texts[1])), sum(Buffer.from(new TextDecoder().decode(noise), 'utf16le')), sum(Buffer.from(new TextDecoder().decode(Buffer.from(texts[1])), 'utf16le')), (await attempt(() => new TextDecoder('utf-8', { fatal: true }).decode(noise)))[1].code); return seen`));

describe('Blob and File', () => {
  it('hold what they were made of', () =>
    same(`const b = new Blob(['a\\r\\nb', new Uint8Array([65, 66]), new Uint16Array([67]), new ArrayBuffer(1), new DataView(new ArrayBuffer(2)), new Blob(['in']), 5, null, {}], { type: 'Text/Plain', endings: 'native' });
      return [b.size, b.type, await b.text(), Buffer.from(await b.arrayBuffer()).toString('hex'), (await b.bytes()).constructor.name, (await read(b.stream())).join(''), await b.slice(1, 4, 'A/B').text(), b.slice(-3, -1, 'A/B').type, await b.slice(-3).text(), b.slice(5, 2).size, b.slice(1000).size, new Blob(['x'], { type: 'bad\\u00e9' }).type, new Blob().size, Object.keys(Blob.prototype)]`));
  it('as files have names and dates', () =>
    same(
      `const f = new File(['x'], 'n\\ud800.txt', { type: 'a/b', lastModified: 5 }); return [f.name, f.lastModified, f.type, f.size, f instanceof Blob, Math.abs(new File([], 'a').lastModified - Date.now()) < 5000, new File([], 5, { lastModified: 'x' }).lastModified, (await attempt(() => new File([], 'a', { lastModified: 7n })))[1].name, f.slice(0, 1) instanceof File, File.length, Object.keys(File.prototype)]`,
    ));
  it('refuse what is none', () =>
    same(
      `const say = async (f) => { try { return await f() } catch (e) { return [e.name, e.code] } }; return [await say(() => new Blob('text')), await say(() => new Blob(5)), await say(() => new Blob({})), await say(() => new Blob([], 5)), await say(() => new Blob([], { endings: 'x' })), await say(() => new File([])), await say(() => Blob.prototype.size), await say(() => Blob.prototype.text.call({})), await say(() => Blob())]`,
    ));
});

describe('streams', () => {
  it('flow, wait, end and fail', () =>
    same(`const seen = []; let n = 0; const source = new ReadableStream({ pull(c) { seen.push('pull ' + n); c.enqueue(String(n++)); if (n === 4) c.close() } }, { highWaterMark: 2 }); await new Promise((r) => setTimeout(r, 5));
      const upper = new TransformStream({ transform(chunk, c) { c.enqueue(chunk + '!') }, flush(c) { c.enqueue('end') } }); const sunk = []; const sink = new WritableStream({ write(chunk) { sunk.push(chunk) }, close() { sunk.push('closed') } }); await source.pipeThrough(upper).pipeTo(sink);
      const failing = new ReadableStream({ start(c) { c.error(new RangeError('broken')) } }); seen.push(await attempt(() => read(failing)), await attempt(() => failing.getReader().read())); const [a, b] = ReadableStream.from(['x', 'y']).tee(); seen.push(await read(a), await read(b)); const locked = new ReadableStream(); locked.getReader(); seen.push(locked.locked, (await attempt(() => locked.getReader()))[1].name, (await attempt(() => locked.cancel()))[1].name); return [seen, sunk]`));
  it('of bytes, read into a buffer of one’s own', () =>
    same(
      `const s = new ReadableStream({ type: 'bytes', pull(c) { const r = c.byobRequest; if (r) { r.view[0] = 65; r.respond(1) } else c.enqueue(new Uint8Array([66])) } }); const reader = s.getReader({ mode: 'byob' }); const { value } = await reader.read(new Uint8Array(4)); return [value.length, value[0], value.constructor.name]`,
    ));
  it('are aborted and cancelled', () =>
    same(
      `const c = new AbortController(); const seen = []; const s = new ReadableStream({ cancel(why) { seen.push('cancelled', why && why.name) } }); const w = new WritableStream({ abort(why) { seen.push('aborted', why && why.name) } }); const piped = s.pipeTo(w, { signal: c.signal }); c.abort(); const e = await piped.catch((e) => e); return [seen, e.name, e.code]`,
    ));
  it('of text', () =>
    same(`const pieces = (list) => ReadableStream.from(list); const t = new TextEncoderStream(); const d = new TextDecoderStream('utf-8', { ignoreBOM: true });
      return [await read(pieces(['h\\u00e9', '\\ud83d', '\\ude00', '\\ud83d']).pipeThrough(t)), await read(pieces([new Uint8Array([0xe4, 0xbd]), new Uint8Array([0xa0, 65]), new Uint8Array([0xe4])]).pipeThrough(d)), t.encoding, d.encoding, d.fatal, d.ignoreBOM, (await attempt(() => read(pieces([new Uint8Array([255])]).pipeThrough(new TextDecoderStream('utf-8', { fatal: true })))))[1].name, (await attempt(() => new TextDecoderStream('nope')))[1].name]`));
  it('that compress and decompress', () =>
    same(`const seen = []; for (const format of ['gzip', 'deflate', 'deflate-raw', 'brotli']) { const big = Buffer.alloc(300000, 'abc '); const made = await new Response(new Blob([big]).stream().pipeThrough(new CompressionStream(format))).bytes(); const back = await new Response(new Blob([made]).stream().pipeThrough(new DecompressionStream(format))).bytes(); seen.push(format, made.length, Buffer.compare(big, back));
        const say = async (bytes) => { try { return (await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format))).bytes()).length } catch (e) { return [e.name, e.code] } }; seen.push(await say(Buffer.from('nonsense!')), await say(made.subarray(0, 20)), await say(Buffer.concat([made, Buffer.from('junk')]))) }
      seen.push((await attempt(() => new CompressionStream('zip')))[1].name, (await attempt(() => new DecompressionStream()))[1].name); return seen`));
});

describe('Headers, Request, Response, FormData', () => {
  it('Headers', () =>
    same(`const h = new Headers({ b: '2', A: ' 1 ' }); h.append('a', '3'); h.append('set-cookie', 'x=1'); h.append('Set-Cookie', 'y=2'); h.set('c', 'd'); h.delete('B'); const seen = [[...h], h.get('a'), h.has('C'), h.getSetCookie(), h.get('nope'), [...h.keys()], JSON.stringify(h)]; h.forEach((v, k, of) => seen.push(k + v + (of === h)));
      for (const bad of [() => new Headers(5), () => new Headers([['a']]), () => h.append('a b', 'c'), () => h.get(), () => h.set('a', 'b\\r\\nc'), () => Headers()]) seen.push(await attempt(bad)); return seen`));
  it('Request', () =>
    same(`const r = new Request('http://a.example/x?y#z', { method: 'post', body: 'text', headers: { a: 'b' }, redirect: 'manual', credentials: 'omit', signal: new AbortController().signal }); const c = r.clone(); const seen = [r.method, r.url, [...r.headers], r.redirect, r.credentials, r.mode, r.cache, r.referrer, r.integrity, r.keepalive, r.duplex, r.destination, r.bodyUsed, await r.text(), r.bodyUsed, await c.text(), c.signal.aborted];
      for (const bad of [() => new Request('/relative').url, () => new Request('http://a', { method: 'CONNECT' }), () => new Request('http://a', { body: 'x' }), () => new Request('http://a', { mode: 'navigate' }), () => new Request(r), () => new Request('http://u:p@a')]) seen.push((await attempt(bad)).map((x) => x && x.name || x)); return seen`));
  it('Response', () =>
    same(`const r = new Response('text', { status: 201, statusText: 'Made', headers: { a: 'b' } }); const j = Response.json({ a: [1] }, { status: 202 }); const red = Response.redirect('http://a.example/', 301); const err = Response.error(); const seen = [r.status, r.statusText, r.ok, r.type, [...r.headers], await r.clone().text(), await r.text(), r.bodyUsed, j.status, [...j.headers], await j.json(), red.status, [...red.headers], err.type, err.status, new Response().body, new Response(null, { status: 204 }).status];
      for (const bad of [() => new Response('x', { status: 204 }), () => new Response('x', { status: 99 }), () => new Response('x', { statusText: '\\n' }), () => Response.redirect('http://a', 200), () => Response.redirect('nope'), () => Response.json(undefined), () => Response.json(5n), () => r.text(), () => r.clone()]) seen.push((await attempt(bad)).map((x) => x && x.name || x)); return seen`));
  it('FormData', () =>
    same(`const f = new FormData(); f.append('a', 1); f.append('a', 'two'); f.append('file', new Blob(['x'], { type: 't/y' })); f.append('named', new File(['y'], 'n.txt'), 'other.txt'); f.set('set', 'v'); f.delete('nothing'); const list = [...f].map(([k, v]) => [k, typeof v === 'string' ? v : [v.name, v.type, v.size, v instanceof File]]); const text = await new Response(f).text();
      return [list, f.get('a'), f.getAll('a'), f.has('set'), f.get('none'), text.replace(/-+formdata-[a-z]+-[0-9]+/g, 'B'), (await attempt(() => f.append('x')))[1].name, (await attempt(() => f.append('x', 'y', 'z')))[1].name, (await attempt(() => new FormData(5)))[1].name]`));
});

describe('events', () => {
  it('CustomEvent, once, signals, handlers', () =>
    same(
      `const t = new EventTarget(); const seen = []; const c = new AbortController(); t.addEventListener('a', (e) => seen.push(e.type, e.detail, e instanceof CustomEvent), { once: true }); t.addEventListener('a', { handleEvent(e) { seen.push('object', e.target === t, e.defaultPrevented) } }, { signal: c.signal }); const fire = () => t.dispatchEvent(new CustomEvent('a', { detail: { x: 1 }, cancelable: true })); seen.push(fire(), fire()); c.abort(); seen.push(fire(), new CustomEvent('b').detail); return seen`,
    ));
  it('AbortSignal', () =>
    same(
      `const seen = []; const a = AbortSignal.any([AbortSignal.timeout(10), new AbortController().signal]); await new Promise((r) => a.addEventListener('abort', r)); seen.push(a.aborted, a.reason.name, AbortSignal.abort('x').reason, (await attempt(() => AbortSignal.abort().throwIfAborted()))[1].name); const c = new AbortController(); c.signal.onabort = (e) => seen.push('on ' + e.type); c.abort(new RangeError('r')); seen.push(c.signal.reason.message, c.signal.aborted, (await attempt(() => new AbortSignal()))[1].name); return seen`,
    ));
});

describe('URL', () => {
  it('refuses what is none with the errors of Node', () =>
    same(`const url = new URL('http://a.example/'); const seen = [];
      for (const args of [['www.nodejs.org'], ['http://:80/'], ['/path'], ['/path', 'nonsense'], ['/path', undefined], ['x', 'http://a.example/'], [], [undefined], [null], [7], [Symbol('s')]]) seen.push(await attempt(() => new URL(...args).href));
      seen.push(await attempt(() => { url.href = 'nonsense' }), url.href, await attempt(() => URL('http://a.example/')), await attempt(() => require('http').get('localhost')), await attempt(() => require('https').request('http://:80/'))); return seen`));

  it('is one class, however its instances are made', () =>
    same(`class Own extends URL { get short() { return this.host } } const own = new Own('http://a.example:8080/x?y=1#z'); const parsed = URL.parse('http://b.example'); const { URL: Same } = require('url');
      return [own.short, own instanceof URL, parsed instanceof URL, parsed.constructor === URL, URL.canParse('nonsense'), URL.parse('nonsense'), Same === URL, URL.name, URL.length, own.searchParams.get('y'), URL.parse('/x', 'http://c.example').href, JSON.stringify(own), Object.prototype.toString.call(own), require('util').inspect(parsed)]`));
});
