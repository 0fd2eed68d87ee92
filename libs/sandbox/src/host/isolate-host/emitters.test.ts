/** Emitters, `process`, timers and streams beside plain Node: what Node's own tests showed to differ. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { expectSame, inIsolate } = createSideBySide(() => host);

describe('EventEmitter beside plain Node', () => {
  it('refuses listeners and limits that are none', () =>
    expectSame(`const E = require('events'); const e = new E();
      return [await attempt(() => e.on('a', null)), await attempt(() => e.setMaxListeners(-1)), await attempt(() => { E.defaultMaxListeners = 'x' }),
        await attempt(() => new E({ captureRejections: 'yes' })), await attempt(() => e.emit('error', 'text')), await attempt(() => e.emit('error'))]`));

  it('tells and counts its listeners', () =>
    expectSame(`const E = require('events'); const e = new E(); const seen = []; const f = () => seen.push('f'); const s = Symbol('s');
      e.on('newListener', (name) => seen.push(['new', String(name)])); e.on('removeListener', (name) => seen.push(['removed', String(name)]));
      e.once('a', f); e.on('a', f); e.on(s, f); e.emit('a'); e.emit('a');
      return [e.listenerCount('a'), e.listenerCount('a', f), e.listenerCount('a', () => 1), e.eventNames().map(String), e.rawListeners('a').length, e.removeAllListeners('a') === e, e.removeAllListeners() === e, e.eventNames(), seen, e.getMaxListeners(), E.getEventListeners(e, 'a')]`));

  it('works for classes of the old kind', () =>
    expectSame(`const E = require('events'); function Old() { E.call(this) } require('util').inherits(Old, E); const o = new Old(); const seen = [];
      o.on('x', (v) => seen.push(v)); o.emit('x', 1); return [seen, o instanceof E, E.name, new E().constructor.name]`));

  it('catches what asynchronous listeners reject with where that was asked for', () =>
    expectSame(`const E = require('events'); const e = new E({ captureRejections: true }); e.on('a', async () => { throw new Error('late') });
      const got = new Promise((r) => e.on('error', r)); e.emit('a'); return show(await got)`));

  it('warns of a leak once, as an event of process', () =>
    expectSame(`const E = require('events'); const seen = []; const note = (w) => { if (w.name === 'MaxListenersExceededWarning') seen.push(w.message.replace(/\\[\\w+\\]/, ''), w.count, w.type) };
      process.on('warning', note); const e = new E(); for (let i = 0; i < 13; i++) e.on('a', () => i); await new Promise((r) => setTimeout(r, 20)); process.removeListener('warning', note); return seen`));

  it('waits for events of emitters and of event targets', () =>
    expectSame(`const E = require('events'); const e = new E(); const t = new EventTarget(); const c = new AbortController(); setTimeout(() => { e.emit('a', 1); t.dispatchEvent(new Event('b')); c.abort() }, 5);
      const [a, b, aborted] = await Promise.all([E.once(e, 'a'), E.once(t, 'b'), attempt(() => E.once(e, 'never', { signal: c.signal }))]);
      setTimeout(() => { e.emit('n', 1); e.emit('n', 2); e.emit('end') }, 1); const all = []; for await (const [n] of E.on(e, 'n', { close: ['end'] })) all.push(n);
      return [a, b.length, aborted[1].name, aborted[1].code, all, await attempt(() => E.once({}, 'x'))]`));
});

describe('events of the web platform beside plain Node', () => {
  it('have their phases and say where they are', () =>
    expectSame(`const seen = [Event.NONE, Event.CAPTURING_PHASE, Event.AT_TARGET, Event.BUBBLING_PHASE]; const t = new EventTarget(); const e = new Event('a', { cancelable: true, composed: true });
      const state = () => [e.eventPhase, e.composedPath().length, e.composed, e.returnValue, e.cancelBubble, e.srcElement === t, e.target === t, e.currentTarget === t, e.defaultPrevented]; seen.push(state());
      t.addEventListener('a', () => { seen.push(state()); e.preventDefault(); e.stopPropagation(); seen.push(state()) }); seen.push(t.dispatchEvent(e), state()); return seen`));

  it('have listeners that can be counted', () =>
    expectSame(`const E = require('events'); const { signal } = new AbortController(); const f = () => {}; signal.addEventListener('abort', f); signal.addEventListener('abort', () => {}, { once: true }); const t = new EventTarget(); t.addEventListener('x', f);
      return [E.getEventListeners(signal, 'abort').length, E.getEventListeners(signal, 'abort')[0] === f, E.getEventListeners(t, 'x').length, E.getEventListeners(t, 'y')]`));
});

describe('process in a run', () => {
  it('emits the warnings of what is deprecated, once', () =>
    expectSame(`const util = require('util'); const seen = []; const note = (w) => seen.push([w.name, w.message, w.code ?? null]); process.on('warning', note);
      const f = util.deprecate(() => 1, 'f is old', 'OWN1'); const g = util.deprecate(() => 2, 'g is old'); const h = util.deprecate(() => 3, 'h is old', 'OWN1'); seen.push([f(), f(), g(), g(), h()]);
      await new Promise((r) => setTimeout(r, 20)); process.removeListener('warning', note); return seen`));

  it('emits warnings with their names and codes', () =>
    expectSame(`const seen = []; const note = (w) => seen.push([w.name, w.message, w.code, w.detail]); process.on('warning', note);
      process.emitWarning('plain'); process.emitWarning('old', 'DeprecationWarning', 'DEP9'); process.emitWarning('more', { type: 'T', code: 'C', detail: 'd' }); process.emitWarning(new TypeError('own'));
      await new Promise((r) => setTimeout(r, 20)); process.removeListener('warning', note); return [seen.map((one) => one.map((x) => x ?? null)), await attempt(() => process.emitWarning(1))]`));

  it("gives an error that nothing caught to the script's own listener", async () => {
    const body = `const caught = new Promise((r) => process.once('uncaughtException', (e, origin) => r([e.message, origin]))); setTimeout(() => { throw new Error('lost') }, 1); return await caught`;
    expect(await inIsolate(body)).toEqual(['lost', 'uncaughtException']);
  });

  it('ends with what such a listener throws itself', async () => {
    const body = `process.on('uncaughtException', () => { throw new Error('worse') }); setTimeout(() => { throw new Error('bad') }, 1); await new Promise(() => {})`;
    await expect(inIsolate(body)).rejects.toThrow('threw: Error worse');
  });

  it('forgets the listeners of the run before', async () => {
    await inIsolate(`process.on('uncaughtException', () => {}); process.on('warning', () => {}); return 1`);
    expect(await inIsolate(`return [process.listenerCount('uncaughtException'), process.eventNames().length]`)).toEqual(
      [0, 0],
    );
  });
});

describe('timers beside plain Node', () => {
  it('are what their callbacks are called on, and know when they are over', () =>
    expectSame(`const seen = []; const t = setTimeout(function () { seen.push(this === t, t._destroyed) }, 1); await new Promise((r) => setTimeout(r, 30)); seen.push(t._destroyed);
      const i = setImmediate(function () { seen.push(this === i) }); await new Promise((r) => setImmediate(r)); seen.push(i.hasRef(), i.unref() === i, i.hasRef());
      const cleared = setTimeout(() => seen.push('never'), 1); cleared[Symbol.dispose](); seen.push(cleared._destroyed); await new Promise((r) => setTimeout(r, 10)); return seen`));

  it('say what they make of a delay that is none', () =>
    expectSame(`const seen = []; const note = (w) => seen.push([w.name, w.message]); process.on('warning', note); clearTimeout(setTimeout(() => {}, 2 ** 40));
      await new Promise((r) => setTimeout(r, 20)); process.removeListener('warning', note); return seen`));

  it('of promises end with an AbortError', () =>
    expectSame(`const c = new AbortController(); const t = require('timers/promises'); setTimeout(() => c.abort(), 1);
      const say = async (p) => { try { return await p } catch (e) { return [e.name, e.code, e.cause && e.cause.name] } };
      return [await say(t.setTimeout(5000, 1, { signal: c.signal })), await say(t.scheduler.wait(1)) ?? null, await attempt(() => new t.scheduler.constructor())]`));
});

describe('streams beside plain Node', () => {
  it('are a module that is the base of all of them', () =>
    expectSame(`const s = require('stream'); const { EventEmitter } = require('events'); class Old extends s {} const old = new Old(); const piped = [];
      const sink = new s.Writable({ write(c, e, done) { piped.push(String(c)); done() } }); old.pipe(sink); old.emit('data', Buffer.from('as in 0.4')); old.emit('end'); await new Promise((r) => sink.on('finish', r));
      const { inherits } = require('util'); function Older() { s.call(this) } inherits(Older, s); const older = new Older();
      return [typeof s, s.name, s === s.Stream, s === require('node:stream'), old instanceof EventEmitter, piped, older instanceof s, older.pipe === s.prototype.pipe, Object.getPrototypeOf(s) === EventEmitter,
        ['Readable', 'Writable', 'Duplex', 'Transform', 'PassThrough'].map((name) => [s[name].name, s[name].prototype instanceof s, new s[name]() instanceof s]), Object.getPrototypeOf(s.Readable) === s,
        s.promises === require('stream/promises'), ['pipeline', 'finished', 'addAbortSignal', 'compose', 'duplexPair', 'isReadable', 'getDefaultHighWaterMark'].map((name) => typeof s[name]), 'from' in s, 'default' in s, s.getDefaultHighWaterMark(false)]`));
  it('come in pairs, take any bytes and hold 64 KiB', () =>
    expectSame(`const s = require('stream'); const [a, b] = s.duplexPair(); let text = ''; b.on('data', (d) => (text += d)); a.write('hello '); a.end('world'); await new Promise((r) => b.on('end', r));
      const got = []; const w = new s.Writable({ write(c, e, done) { got.push(c.length); done() } }); w.write(new Uint16Array(2)); w.write(new DataView(new ArrayBuffer(3)));
      const ended = await new Promise((r) => w.end((...args) => r(args))); return [text, got, ended, new s.PassThrough().readableHighWaterMark, typeof w[Symbol.asyncDispose]]`));
});
