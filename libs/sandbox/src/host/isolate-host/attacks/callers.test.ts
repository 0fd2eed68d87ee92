/**
 * A function that is called by a sloppy one finds it as its `caller`, with what that was called with as `arguments`, and in a
 * stack with its `this`: by that a script would come by the runtime's own functions, which no property leads to and no look at
 * properties finds again.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTarget, type Target } from '../testing/attack.ts';

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

/** Notes who called a function, and whom a stack shows, where it is somebody else than the script's own. */
const LOOK = `
let looks = 0;
const found = [];
const stackNow = () => {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (error, sites) => sites;
  const sites = new Error().stack;
  Error.prepareStackTrace = prepareStackTrace;
  return sites;
};
const look = (me) => {
  looks += 1;
  for (const site of stackNow())
    if (!String(site).includes('script.js:') && (site.getFunction() || site.getThis())) found.push('stack: ' + site);
  let by = null;
  try { by = me.caller } catch { return }
  if (by !== null) found.push(me.name + ' by ' + by.name);
};
const once = (call) => new Promise((resolve) => call(resolve));`;

const CALLED = [
  ['the run', 'look(login)'],
  ['a timer', 'await once((done) => setTimeout(function me() { look(me); done() }, 1))'],
  [
    'an interval',
    'await once((done) => { const t = setInterval(function me() { look(me); clearInterval(t); done() }, 1) })',
  ],
  ['an immediate', 'await once((done) => setImmediate(function me() { look(me); done() }))'],
  ['a tick', 'await once((done) => process.nextTick(function me() { look(me); done() }))'],
  ['a microtask', 'await once((done) => queueMicrotask(function me() { look(me); done() }))'],
  [
    'a listener',
    "const e = new (require('events'))(); e.on('x', function me() { look(me) }); e.once('x', function me() { look(me) }); e.emit('x')",
  ],
  [
    'a listener of the web',
    "const t = new EventTarget(); t.addEventListener('x', function me() { look(me) }); t.dispatchEvent(new Event('x'))",
  ],
  [
    'a listener of an abort',
    'const c = new AbortController(); c.signal.onabort = function me() { look(me) }; c.abort()',
  ],
  [
    'a value that is made text',
    'Buffer.from({ valueOf: function me() { look(me); return "x" } }); new URL({ toString: function me() { look(me); return "http://a.b" } })',
  ],
  [
    'a getter',
    'const o = {}; Object.defineProperty(o, "length", { get: function me() { look(me); return 0 } }); Buffer.from(o); console.log(o)',
  ],
  [
    'a setter',
    "const e = new (require('events'))(); Object.defineProperty(e, '_eventsCount', { set: function me() { look(me) }, get: () => 0 }); e.on('x', () => {})",
  ],
  ['what shows a value', "console.log({ [require('util').inspect.custom]: function me() { look(me); return 'x' } })"],
  ['what is made to promise', "await require('util').promisify(function me(done) { look(me); done() })()"],
  [
    'a stream',
    "const { Readable, Transform } = require('stream'); await once((done) => new Readable({ read: function me() { look(me); this.push(this.was ? null : 'x'); this.was = 1 } }).pipe(new Transform({ transform: function me(a, b, c) { look(me); c() }, flush: function me(c) { look(me); c() } })).on('finish', function me() { look(me); done() }).resume())",
  ],
  [
    'a stream of the web',
    'const s = new ReadableStream({ start: function me() { look(me) }, pull: function me(c) { look(me); c.close() } }); await s.getReader().read()',
  ],
  [
    'an answer of the host',
    "await once((done) => require('crypto').randomBytes(8, function me() { look(me); done() })); await once((done) => require('bcrypt').hash('a', 4, function me() { look(me); done() }))",
  ],
  ['an answer of zlib', "await once((done) => require('zlib').gzip('a', function me() { look(me); done() }))"],
  [
    'a socket',
    "await once((done) => require('net').connect(1, '127.0.0.1', function me() { look(me) }).on('error', function me() { look(me) }).on('close', function me() { look(me); done() }))",
  ],
  ['a lookup', "await once((done) => require('dns').lookup('localhost', function me() { look(me); done() }))"],
  [
    'a request',
    "await once((done) => require('http').get('http://127.0.0.1:1', function me() { look(me) }).on('error', function me() { look(me); done() }))",
  ],
  [
    'lodash',
    "const _ = require('lodash'); _.map([1], function me() { look(me) }); _.sortBy([2, 1], function me(x) { look(me); return x }); _.once(function me() { look(me) })(); _.debounce(function me() { look(me) }).flush(); _.cloneDeepWith({}, function me() { look(me) })",
  ],
  [
    'pg',
    "await once((done) => new (require('pg').Client)({ host: '127.0.0.1', port: 1 }).connect(function me() { look(me); done() }))",
  ],
  [
    'mysql2',
    "await once((done) => require('mysql2').createConnection({ host: '127.0.0.1', port: 1 }).connect(function me() { look(me); done() }))",
  ],
  [
    'mongodb',
    "await once((done) => require('mongodb').MongoClient.connect('mongodb://127.0.0.1:1', { serverSelectionTimeoutMS: 50, useNewUrlParser: true }, function me() { look(me); done() }))",
  ],
  [
    'mssql',
    "await once((done) => require('mssql').connect({ server: '127.0.0.1', port: 1, user: 'a', password: 'b' }, function me() { look(me); done() }))",
  ],
  [
    'axios',
    "const axios = require('axios'); await axios.get('http://127.0.0.1:1', { transformRequest: [function me(d) { look(me); return d }], validateStatus: function me() { look(me) }, adapter: function me(c) { look(me); return Promise.reject(new Error('x')) } }).catch(function me() { look(me) })",
  ],
] as const;

describe('a function of a script does not find by whom it was called', () => {
  it.each(CALLED)('%s', async (_what, call) => {
    const body = `${LOOK} ${call}; return { looks, found }`;
    const { resultJson, error } = await target.attack(body, { timeoutMs: 10_000 });
    expect(error).toBeUndefined();
    const { looks, found } = JSON.parse(resultJson as string) as { looks: number; found: string[] };
    expect(looks).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });
});
