/** `toWeb` of Node's streams beside plain Node. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { expectSame } = createSideBySide(() => host);

const TOOLS = `const { Readable, Writable, Duplex, PassThrough, Transform } = require('stream'); const say = async (f) => { try { return await f() } catch (e) { return [e.name, e.code, e.message, e.cause && e.cause.code] } };
  const all = async (web) => { const parts = []; for await (const one of web) parts.push(one instanceof Uint8Array ? [one.constructor.name, ...one] : one); return parts; };`;

describe('toWeb', () => {
  it('of what is read gives what is read, and its end', () =>
    expectSame(`${TOOLS} const web = Readable.toWeb(Readable.from([Buffer.from('ab'), Buffer.from('c')], { objectMode: false })); const objects = Readable.toWeb(Readable.from([{ a: 1 }, 'x', 5]));
      let pulled = 0; const slow = new Readable({ highWaterMark: 4, read() { pulled += 1; this.push(pulled < 50 ? Buffer.alloc(4) : null) } }); const first = Readable.toWeb(slow).getReader(); await first.read(); await new Promise((r) => setTimeout(r, 5));
      return [web instanceof ReadableStream, await all(web), await all(objects), pulled < 10, await new Response(Readable.toWeb(Readable.from(['h\\u00e9', 'llo']).pipe(new PassThrough()))).text()]`));

  it('of what is read tells of faults, and gives up what is cancelled', () =>
    expectSame(`${TOOLS} const failing = new Readable({ read() { this.destroy(new RangeError('mine')) } }); const cut = new Readable({ read() { this.push('x') ; this.push(null) } }); const gone = new Readable({ read() {} });
      const web = Readable.toWeb(gone); setTimeout(() => gone.destroy(), 1); const given = new Readable({ read() { this.push('y') } }); const errors = []; given.on('error', (e) => errors.push([e.name, e.code, e.message])); const up = Readable.toWeb(given).getReader(); await up.read(); await up.cancel(); await new Promise((r) => setTimeout(r, 2));
      const reason = new Readable({ read() {} }); reason.on('error', (e) => errors.push(e.message)); await Readable.toWeb(reason).cancel(new Error('why')); await new Promise((r) => setTimeout(r, 2)); cut.destroy();
      return [await say(() => all(Readable.toWeb(failing))), await say(() => all(web)), given.destroyed, errors, await say(() => all(Readable.toWeb(cut)))]`));

  it('of what is written writes, waits for room and for the end', () =>
    expectSame(`${TOOLS} const seen = []; const sink = new Writable({ highWaterMark: 4, write(chunk, _encoding, done) { seen.push(chunk.toString()); setTimeout(done, 1) }, final(done) { seen.push('end'); done() } });
      const web = Writable.toWeb(sink); const writer = web.getWriter(); const sizes = [writer.desiredSize]; await writer.write('abcdef'); sizes.push(writer.desiredSize); await writer.write(new Uint8Array([103])); await writer.close();
      const objects = []; const into = Writable.toWeb(new Writable({ objectMode: true, write(one, _encoding, done) { objects.push(one); done() } })); await Readable.toWeb(Readable.from([{ a: 1 }, 2])).pipeTo(into);
      return [web instanceof WritableStream, seen, sizes, objects, sink.writableFinished]`));

  it('of what is written tells of faults, and gives up what is aborted', () =>
    expectSame(`${TOOLS} const bad = Writable.toWeb(new Writable({ write(_chunk, _encoding, done) { done(new RangeError('mine')) } })).getWriter(); const sink = new Writable({ write(_chunk, _encoding, done) { done() } }); const errors = []; sink.on('error', (e) => errors.push([e.name, e.message]));
      const writer = Writable.toWeb(sink).getWriter(); writer.closed.catch(() => 0); await writer.abort(new Error('why')); await new Promise((r) => setTimeout(r, 2)); const gone = new Writable({ write() {} }); const lost = Writable.toWeb(gone).getWriter(); setTimeout(() => gone.destroy(), 1);
      const over = new Writable({ write(_chunk, _encoding, done) { done() } }); over.end(); await new Promise((r) => over.on('finish', r));
      bad.closed.catch(() => 0); const first = await say(() => bad.write('x')); return [first, await say(() => bad.closed), errors, sink.destroyed, await say(() => lost.closed), await say(() => Writable.toWeb(over).getWriter().closed.then(() => 'closed'))]`));

  it('of both gives both, and of neither says so', () =>
    expectSame(`${TOOLS} const upper = new Transform({ transform(chunk, _encoding, done) { done(null, chunk.toString().toUpperCase()) } }); const { readable, writable } = Duplex.toWeb(upper); const read = all(readable.pipeThrough(new TextDecoderStream())); const writer = writable.getWriter(); await writer.write('abc'); await writer.close();
      return [await read, ...await Promise.all([() => Readable.toWeb(1), () => Writable.toWeb({}), () => Duplex.toWeb(null), () => Readable.toWeb()].map(say)), Readable.toWeb.length, Writable.toWeb.length, Duplex.toWeb.length]`));
});
