/** `zlib` inside the isolate, side by side with plain Node. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());
const { expectSame, inIsolate } = createSideBySide(() => host);

/** Data that compresses and is no repetition, the classes by their kind, and both ends of each. */
const START = `
const z = require('zlib'); const { promisify } = require('util'); const stream = require('stream');
const text = (length) => { let out = ''; for (let i = 0; out.length < length; i++) out += 'line ' + i + ' ' + (i * 2654435761 % 4294967296).toString(36) + '\\n'; return Buffer.from(out.slice(0, length)) };
const noise = (length) => { const b = Buffer.alloc(length); let x = 1; for (let i = 0; i < length; i++) { x = (x * 1103515245 + 12345) % 2147483648; b[i] = x >> 16 } return b };
const pairs = [['gzip', 'gunzip'], ['deflate', 'inflate'], ['deflateRaw', 'inflateRaw'], ['gzip', 'unzip'], ['deflate', 'unzip'], ['brotliCompress', 'brotliDecompress'], ['zstdCompress', 'zstdDecompress']];
const sum = (b) => b.length + ':' + require('crypto').createHash('md5').update(b).digest('hex');
const later = (f) => attempt(() => new Promise((r, j) => f((e, v) => e ? j(e) : r(v))));
const create = (name, options) => z['create' + name[0].toUpperCase() + name.slice(1)](options);
const collect = async (readable) => { const parts = []; for await (const part of readable) parts.push(part); return parts };
`;
const same = (body: string): Promise<void> => expectSame(`${START} ${body}`);

describe('one call', () => {
  it('makes the same bytes in every format, at once and later, and gives the data back', () =>
    same(`const seen = []; for (const data of [Buffer.alloc(0), Buffer.from('x'), text(5000), text(300000), noise(70000)]) for (const [make, back] of pairs) {
      const made = z[make + 'Sync'](data); const again = await promisify(z[make])(data);
      seen.push([make, sum(made), made.equals(again), sum(z[back + 'Sync'](made)), sum(await promisify(z[back])(made))]) } return seen`));
  it('with every level, strategy, window and memory level', () =>
    same(`const data = text(60000); const seen = []; for (let level = -1; level <= 9; level++) seen.push(sum(z.gzipSync(data, { level })));
      for (let strategy = 0; strategy <= 4; strategy++) seen.push(sum(z.deflateSync(data, { strategy })));
      seen.push(sum(z.deflateRawSync(data, { windowBits: 8 })), sum(z.deflateSync(data, { windowBits: 8 })));
      for (let windowBits = 9; windowBits <= 15; windowBits++) seen.push(sum(z.deflateRawSync(data, { windowBits, memLevel: windowBits - 6 })));
      for (const quality of [0, 1, 5, 11]) seen.push(sum(z.brotliCompressSync(data, { params: { [z.constants.BROTLI_PARAM_QUALITY]: quality, [z.constants.BROTLI_PARAM_LGWIN]: 18 } })));
      for (const level of [1, 5, 19]) seen.push(sum(z.zstdCompressSync(data, { params: { [z.constants.ZSTD_c_compressionLevel]: level } }))); return seen`));
  it('with text, views, buffers, small chunks and dictionaries', () =>
    same(`const dictionary = text(1000); const made = z.deflateSync(text(3000), { dictionary }); const raw = z.deflateRawSync(text(3000), { dictionary });
      return [sum(z.gzipSync('h\\u00e9')), sum(z.gzipSync(new Uint16Array([1, 2, 3]))), sum(z.gzipSync(new Uint8Array([1, 2]).buffer)), sum(z.gzipSync(new DataView(new ArrayBuffer(8), 2))), sum(await promisify(z.gzip)(new Uint16Array([1, 2, 3]))), sum(await promisify(z.gzip)('h\\u00e9')),
        sum(z.inflateSync(made, { dictionary, chunkSize: 64 })), sum(z.inflateRawSync(raw, { dictionary })), sum(made), sum(await promisify(z.inflate)(made, { dictionary }))]`));
  it('says what it gave with info, and when a chunk ends early', () =>
    same(`const { buffer, engine } = z.gzipSync(text(100), { info: true }); const flushed = z.gzipSync('partial', { finishFlush: z.constants.Z_SYNC_FLUSH });
      return [sum(buffer), engine.bytesWritten, engine.constructor.name, engine instanceof z.Gzip, sum(flushed), z.gunzipSync(flushed, { finishFlush: z.constants.Z_SYNC_FLUSH }).toString(), await later((done) => z.gunzip(flushed, done))]`));
  it('takes several members and garbage after the end as Node does', () =>
    same(`const two = Buffer.concat([z.gzipSync('one'), z.gzipSync('two')]); const junk = Buffer.concat([z.gzipSync('one'), Buffer.from([0, 0, 0])]); const bad = Buffer.concat([z.deflateSync('one'), Buffer.from('junk')]);
      return [z.gunzipSync(two).toString(), z.gunzipSync(junk).toString(), z.inflateSync(bad).toString(), await attempt(() => z.inflateSync(bad, { rejectGarbageAfterEnd: true })), await later((d) => z.inflate(bad, { rejectGarbageAfterEnd: true }, d)), await later((d) => z.gunzip(Buffer.concat([z.gzipSync('one'), Buffer.from([0x1f, 0x8b, 9])]), d))]`));
  it('refuses broken and missing data with the same errors', () =>
    same(`const seen = []; for (const [make, back] of pairs) { const made = z[make + 'Sync'](text(2000)); const broken = Buffer.from(made); broken[Math.floor(made.length / 2)] ^= 255; broken[0] ^= 255;
      for (const data of [made.subarray(0, made.length - 9), broken, Buffer.from('no such thing'), Buffer.alloc(0)]) seen.push([back, await attempt(() => sum(z[back + 'Sync'](data))), await later((done) => z[back](data, (e, v) => done(e, v && sum(v))))]) } return seen`));
  it('refuses wrong dictionaries', () =>
    same(
      `const made = z.deflateSync('data', { dictionary: Buffer.from('abc') }); return [await attempt(() => z.inflateSync(made)), await attempt(() => z.inflateSync(made, { dictionary: Buffer.from('abd') })), await later((d) => z.inflate(made, d)), await later((d) => z.inflate(made, { dictionary: Buffer.from('no') }, d)), await attempt(() => z.deflateSync('x', { dictionary: 'text' })), await attempt(() => z.deflateSync('x', { dictionary: null })), await attempt(() => z.deflateSync('x', { dictionary: 5 }))]`,
    ));
  it('refuses wrong options and arguments', () =>
    same(`const seen = []; for (const options of [{ level: 10 }, { level: -2 }, { level: 'x' }, { level: Infinity }, { level: NaN }, { windowBits: 7 }, { windowBits: 16 }, { windowBits: 8 }, { windowBits: 0 }, { memLevel: 0 }, { memLevel: 10 }, { strategy: 5 }, { chunkSize: 63 }, { chunkSize: '64' }, { chunkSize: -1 }, { flush: 6 }, { flush: 'x' }, { finishFlush: -1 }, { maxOutputLength: 0 }, { maxOutputLength: '5' }, { rejectGarbageAfterEnd: 1 }, { params: { 5000: 1 } }, null, undefined])
        for (const name of ['gzipSync', 'inflateSync', 'brotliCompressSync', 'zstdDecompressSync']) seen.push([name, await attempt(() => sum(z[name](name === 'inflateSync' ? z.deflateSync('x') : name === 'zstdDecompressSync' ? z.zstdCompressSync('x') : 'x', options)))]);
      for (const params of [{ 5000: 1 }, { x: 1 }, { [-1]: 1 }, { 1: 'x' }, { 1: 99 }, { 1: true }]) seen.push(await attempt(() => sum(z.brotliCompressSync('x', { params }))), await attempt(() => sum(z.zstdCompressSync('x', { params }))));
      for (const data of [undefined, null, 5, {}, [], true]) seen.push(await attempt(() => z.gzipSync(data)), await new Promise((r) => z.gzip(data, (e) => r(e && e.code))).catch((e) => e.name + e.code), await attempt(() => z.gzip(data)), await attempt(() => z.gzip(data, {}, 'x')));
      return seen`));
  it('stops at maxOutputLength', () =>
    same(
      `const made = z.gzipSync(Buffer.alloc(1e5)); return [await attempt(() => z.gunzipSync(made, { maxOutputLength: 5e4 })), await later((d) => z.gunzip(made, { maxOutputLength: 5e4 }, d)), await attempt(() => z.gunzipSync(made, { maxOutputLength: 1e5 }).length), await attempt(() => z.brotliDecompressSync(z.brotliCompressSync(Buffer.alloc(1e5)), { maxOutputLength: 10 }))]`,
    ));
  it('and many calls at once', () =>
    same(
      `return (await Promise.all(Array.from({ length: 300 }, (_, i) => promisify(z[pairs[i % 7][0]])(text(i * 10)).then(promisify(z[pairs[i % 7][1]]))))).map(sum)`,
    ));
});

describe('streams', () => {
  it('make the same chunks and events, whole and piece by piece', () =>
    same(`const seen = []; for (const [make, back] of pairs) { const s = create(make); const events = trace(s, ['finish', 'end', 'close']); const data = text(100000);
        const parts = collect(s); for (let at = 0; at < data.length; at += 7001) s.write(data.subarray(at, at + 7001)); s.end(); const made = await parts; const b = create(back, { chunkSize: 5000 }); for (const part of made) b.write(part); b.end(); const whole = await collect(b);
        await new Promise((r) => setTimeout(r, 20)); seen.push([make, made.map((p) => p.length), sum(Buffer.concat(made)), whole.map((p) => p.length), sum(Buffer.concat(whole)), s.bytesWritten, b.bytesWritten, events, s.destroyed]) } return seen`));
  it('are transforms of their classes, with and without new', () =>
    same(`const seen = []; for (const name of ['Gzip', 'Gunzip', 'Deflate', 'Inflate', 'DeflateRaw', 'InflateRaw', 'Unzip', 'BrotliCompress', 'BrotliDecompress', 'ZstdCompress']) { const s = new z[name](); const f = z['create' + name];
        seen.push([name, s instanceof stream.Transform, s instanceof z[name], f() instanceof z[name], s.constructor.name, z[name].name, f.name, s.bytesWritten, s.readableHighWaterMark, s.writableHighWaterMark, s.readableObjectMode, s._level, s._strategy, s._chunkSize]); s.destroy() }
      const plain = [z.Gzip(), z.BrotliCompress({})].map((s) => [s instanceof z.Gzip, s instanceof z.BrotliCompress]); class Own extends z.Gunzip { own() { return 1 } } const own = new Own(); own.end(z.gzipSync('own')); return [seen, plain, own.own(), Buffer.concat(await collect(own)).toString(), own instanceof z.Gunzip, own.constructor.name, await attempt(() => z.ZstdCompress())]`));
  it('flush what is there', () =>
    same(`const seen = []; for (const [make, back] of pairs.slice(0, 6)) { const s = create(make); const b = create(back); s.pipe(b); const got = []; b.on('data', (d) => got.push(d.toString())); const until = async (n) => { while (got.length < n) await new Promise((r) => setTimeout(r, 2)) };
        s.write('first'); await new Promise((r) => s.flush(r)); await until(1); s.write('second'); await new Promise((r) => s.flush(make === 'brotliCompress' ? 1 : z.constants.Z_PARTIAL_FLUSH, r)); await until(2); s.end('third'); s.flush(() => seen.push('late')); await new Promise((r) => b.on('end', r)); seen.push([make, got]) }
      const s = z.createGzip(); seen.push(await attempt(() => s.flush(7)), await attempt(() => s.flush('x'))); return seen`));
  it('change their parameters on the way', () =>
    same(`const s = z.createDeflate({ level: 9 }); const parts = collect(s); const data = text(30000); const seen = []; s.write(data); await new Promise((r) => s.params(0, z.constants.Z_DEFAULT_STRATEGY, r)); seen.push(s._level, s._strategy); s.write(data); await new Promise((r) => s.params(0, 0, r)); await new Promise((r) => s.params(3, 2, r)); s.end(data);
      const made = Buffer.concat(await parts); seen.push(sum(made), sum(z.inflateSync(made)), await attempt(() => s.params(10, 0)), await attempt(() => s.params(1, 9)), await attempt(() => s.params('x')), typeof z.createBrotliCompress().params); return seen`));
  it('reset and close', () =>
    same(`const s = z.createInflate(); const got = []; s.on('data', (d) => got.push(d.toString())); const made = z.deflateSync('abc'); await new Promise((r) => s.write(made.subarray(0, 3), r)); s.reset(); await new Promise((r) => s.write(made, r)); await new Promise((r) => setTimeout(r, 30)); const seen = [got.join(), s.bytesWritten];
      const closed = await new Promise((r) => s.close((e) => r(e === undefined ? 'no error' : e && e.code))); seen.push(closed, s.destroyed, s._closed, await attempt(() => s.reset())); const early = z.createGzip(); const events = trace(early, ['error', 'close', 'end']); early.write('x'); early.close(); await new Promise((r) => setTimeout(r, 20)); early.close(); seen.push(events, await new Promise((r) => early.write('y', (e) => r(e.code)))); return seen`));
  it('end where the data ends, and fail where it breaks', () =>
    same(`const seen = []; for (const [make, back] of pairs) for (const how of ['junk', 'cut', 'broken']) { const made = z[make + 'Sync'](text(50000)); const data = how === 'junk' ? Buffer.concat([made, Buffer.from('some junk')]) : how === 'cut' ? made.subarray(0, 300) : Buffer.concat([made.subarray(0, 100), Buffer.alloc(100, 7), made.subarray(200)]);
        const s = create(back); const events = trace(s, ['error', 'end', 'close']); let n = 0; s.on('data', (d) => { n += d.length }); s.end(data); await new Promise((r) => s.on('close', r)); await new Promise((r) => setTimeout(r, 5)); seen.push([back, how, events, how === 'broken' ? 0 : n]) } return seen`));
  it('go no further than their reader', () =>
    same(
      `const s = z.createGunzip(); s.end(z.gzipSync(Buffer.alloc(3e6, 'ab'))); await new Promise((r) => s.once('readable', r)); await new Promise((r) => setTimeout(r, 50)); const held = s.readableLength; let n = 0; for await (const part of s) n += part.length; return [held, n]`,
    ));
  it('work in pipelines and as iterators', () =>
    same(`const out = []; await promisify(stream.pipeline)(stream.Readable.from([text(20000), text(10)]), z.createGzip(), z.createGunzip(), new stream.Writable({ write(c, e, d) { out.push(c); d() } })); const failed = await later((d) => stream.pipeline(stream.Readable.from(['no gzip at all']), z.createGunzip(), new stream.PassThrough(), d));
      return [sum(Buffer.concat(out)), failed]`));
  it('that old code drives by hand', () =>
    same(
      `const s = z.createDeflate(); const made = s._processChunk(text(1000), z.constants.Z_FINISH); return [sum(made), s._closed, s.bytesWritten]`,
    ));
});

it('constants, codes, checksums and names', () =>
  same(`const names = Object.keys(z).sort(); return [show({ ...z.constants }), { ...z.codes }, names, z.Z_BEST_SPEED, z.BROTLI_DECODE, names.map((n) => typeof z[n]), z.crc32('hello'), z.crc32(Buffer.from('lo'), z.crc32('hel')), z.crc32(''), z.crc32(new Uint16Array([1, 2]), 4294967295),
    await attempt(() => z.crc32(5)), await attempt(() => z.crc32('x', -1)), await attempt(() => z.crc32('x', 1.5)), await attempt(() => z.crc32('x', 'y')), Object.isFrozen(z.codes), require('node:zlib') === z]`));

describe('hostile use', () => {
  const run = (body: string, memoryMegabytes = 64) =>
    host.run(`async function login() { ${START} ${body} }`, {
      memoryLimitBytes: memoryMegabytes * 1024 * 1024,
      timeoutMs: 20_000,
    });
  const BOMB = `const piece = z.gzipSync(Buffer.alloc(16e6)); const bomb = Buffer.concat(Array.from({ length: 12 }, () => piece));`;

  it.each([
    ['at once', `${BOMB} return z.gunzipSync(bomb).length`],
    ['later', `${BOMB} return (await promisify(z.gunzip)(bomb)).length`],
    [
      'as brotli',
      'const b = z.brotliCompressSync(Buffer.alloc(30e6)); const all = []; for (;;) all.push(z.brotliDecompressSync(b))',
    ],
  ])('a bomb ends at the memory limit, %s', async (_how, body) => {
    const { outcome } = await run(body);
    expect(outcome).toBe('out_of_memory');
  });
  it('a bomb through a stream goes by piece by piece', async () => {
    const { outcome, resultJson } = await run(
      `${BOMB} const s = z.createGunzip(); let n = 0; s.on('data', (d) => { n += d.length }); s.end(bomb); await new Promise((r, j) => s.on('end', r).on('error', j)); return n`,
    );
    expect([outcome, resultJson]).toEqual(['completed', '192000000']);
  });
  it('thousands of streams meet a clear limit', async () => {
    const { outcome, error } = await run('const all = []; for (let i = 0; i < 5000; i++) all.push(z.createInflate())');
    expect([outcome, error?.code, error?.message]).toEqual([
      'quota_exceeded',
      'QUOTA_EXCEEDED',
      'The script has more than 1024 streams of zlib open at once',
    ]);
  });
  it('what one engine must not take is refused by name', async () => {
    const codes = await inIsolate(`${START} const c = z.constants; const all = [];
      for (const f of [() => z.brotliCompressSync('x', { params: { [c.BROTLI_PARAM_LARGE_WINDOW]: 1, [c.BROTLI_PARAM_LGWIN]: 30 } }), () => z.createBrotliDecompress({ params: { [c.BROTLI_DECODER_PARAM_LARGE_WINDOW]: true } }), () => z.zstdCompressSync('x', { params: { [c.ZSTD_c_compressionLevel]: 22 } }), () => z.zstdCompressSync('x', { params: { [c.ZSTD_c_nbWorkers]: 4 } }), () => z.zstdDecompressSync('x', { params: { [c.ZSTD_d_windowLogMax]: 31 } })])
        all.push((await attempt(f))[1].code); return all`);
    expect(codes).toEqual(Array(5).fill('QUOTA_EXCEEDED'));
  });
  it('options that Node would end its process for are errors', async () => {
    const names = await inIsolate(`${START} const all = [];
      for (const options of [{ pledgedSrcSize: -1 }, { pledgedSrcSize: 'x' }, { pledgedSrcSize: NaN }]) all.push((await attempt(() => z.zstdCompressSync('x', options)))[1].name);
      return [all, z.zstdCompressSync('x', { dictionary: 'text' }).length > 0, z.zstdDecompressSync(z.zstdCompressSync('abc', { pledgedSrcSize: 3 })).toString()]`);
    expect(names).toEqual([['RangeError', 'TypeError', 'TypeError'], true, 'abc']);
  });
  it('streams that compress at great cost are counted by what they need', async () => {
    const body = `const all = []; for (let i = 0; i < 20; i++) { const s = z.createZstdCompress({ params: { [z.constants.ZSTD_c_compressionLevel]: 19 } }); all.push(new Promise((r, j) => { s.on('error', j); s.write('x', r) })) } await Promise.all(all)`;
    const { outcome, error } = await run(body);
    expect([outcome, error?.message]).toEqual([
      'quota_exceeded',
      'The script compresses more at once than it has memory for',
    ]);
  });
  it('a run that ends in the middle of its work leaves its isolate usable', async () => {
    const endless = `const s = z.createBrotliCompress(); s.on('data', () => undefined); s.write(noise(3e6)); setTimeout(() => s.destroy(), 5); return 1`;
    for (let i = 0; i < 3; i++) expect((await run(endless)).outcome).toBe('completed');
    expect((await run(`return z.gunzipSync(z.gzipSync('well')).toString()`)).resultJson).toBe('"well"');
  });
});
