import ivm from 'isolated-vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from './testing/start-host.ts';

/**
 * Walks everything reachable from the given roots, by properties, accessors and prototypes, and names what looks like a
 * function of the host: native code without a name, or anything that belongs to isolated-vm.
 */
const WALK = `function walk(roots) {
  const seen = new Set([Function.prototype]);
  const queue = roots.map((value, i) => [value, 'root' + i]);
  const found = [];
  while (queue.length > 0) {
    const [value, path] = queue.pop();
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
    seen.add(value);
    if (typeof value === 'function' && value.name === '' && /\\{ \\[native code\\] \\}$/.test(Function.prototype.toString.call(value))) {
      found.push(path);
    }
    if (/^(Isolate|Context|Script|Module|Reference|ExternalCopy|Callback|Dereference)$/.test(String(value.constructor && value.constructor.name))) found.push(path + ' constructor');
    queue.push([Object.getPrototypeOf(value), path + '.__proto__']);
    for (const key of Reflect.ownKeys(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key);
      const step = path + '.' + String(key);
      for (const part of ['value', 'get', 'set']) queue.push([property[part], step]);
      if (property.get) { try { queue.push([value[key], step]); } catch {} }
    }
  }
  return { found, size: seen.size };
}`;

describe('the walk', () => {
  it('finds a callback of the host that was left within reach', async () => {
    const isolate = new ivm.Isolate();
    const context = await isolate.createContext();
    await context.global.set('box', { inner: 1 }, { copy: true });
    await context.evalClosure('box.deep = { leaked: $0 }', [new ivm.Callback(() => undefined)]);
    const json = await context.eval(`${WALK}; JSON.stringify(walk([globalThis]))`);
    expect((JSON.parse(json) as { found: string[] }).found).toContainEqual(expect.stringContaining('box.deep.leaked'));
    isolate.dispose();
  });
});

describe('the guest', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost();
  });
  afterAll(() => host.stop());
  const walked = async (roots: string, before = '') => {
    const { resultJson, error } = await host.run(
      `${WALK}\nasync function login() { ${before}; return walk(${roots}) }`,
      { timeoutMs: 20_000 },
    );
    expect(error).toBeUndefined();
    return JSON.parse(resultJson as string) as { found: string[]; size: number };
  };

  it('reaches no function of the host from its globals', async () => {
    const { found, size } = await walked('[globalThis, require, module, exports, arguments]');
    expect(found).toEqual([]);
    expect(size).toBeGreaterThan(1000);
  });

  it('reaches none from any module or package', async () => {
    const names = [
      'assert',
      'bcrypt',
      'buffer',
      'crypto',
      'dns',
      'events',
      'lodash',
      'net',
      'os',
      'path',
      'pg',
      'process',
    ];
    const more = ['querystring', 'stream', 'string_decoder', 'timers', 'tls', 'url', 'util'];
    const { found } = await walked(`${JSON.stringify([...names, ...more])}.map((name) => require(name))`);
    expect(found).toEqual([]);
  });

  it('reaches none from objects that are in use', async () => {
    const before = `const net = require('net'); const socket = net.connect(1, '127.0.0.1'); socket.on('error', () => {});
      const pending = require('bcrypt').compare('a', '$2b$04$' + 'a'.repeat(53)).catch(() => {});
      const timer = setTimeout(() => {}, 1)`;
    const { found } = await walked(
      '[socket, pending, timer, new AbortController(), new URL("http://x.y"), crypto.subtle]',
      before,
    );
    expect(found).toEqual([]);
  });

  it('finds no name of the machinery among its globals', async () => {
    const { resultJson } = await host.run('function login() { return Reflect.ownKeys(globalThis).map(String) }');
    const names = JSON.parse(resultJson as string) as string[];
    expect(names.filter((name) => /^_|dispatch|install|bridge|ivm|guest|base$|runScript/i.test(name))).toEqual([]);
  });

  it('has no way to this process through constructors of what it is given', async () => {
    const { resultJson } = await host.run(
      `function login(query) {
      const make = query.constructor.constructor;
      const outside = make('return this')();
      return [outside === globalThis, typeof outside.process.binding, make('return typeof process.mainModule')(), typeof outside.module];
    }`,
      { args: [{}] },
    );
    expect(JSON.parse(resultJson as string)).toEqual([true, 'function', 'undefined', 'undefined']);
  });

  it('sees nothing of the host in process and os', async () => {
    const { resultJson } = await host.run(`function login() {
      const os = require('os');
      return [process.pid, process.env, process.argv, process.cwd(), os.hostname(), os.userInfo().username, os.networkInterfaces()];
    }`);
    expect(JSON.parse(resultJson as string)).toEqual([1, {}, ['node', 'script.js'], '/', 'sandbox', 'sandbox', {}]);
  });

  it('cannot end or signal the process', async () => {
    for (const call of ['exit(0)', 'abort()', 'kill(1)', 'binding("fs")', 'dlopen({}, "x")']) {
      expect((await host.run(`function login() { process.${call} }`)).outcome).toBe('threw');
    }
  });
});

describe('one run and the next', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost();
  });
  afterAll(() => host.stop());

  it('share no top-level variables', async () => {
    const source = 'let count = 0; function login() { return ++count }';
    expect((await host.run(source)).resultJson).toBe('1');
    expect((await host.run(source)).resultJson).toBe('1');
  });

  it('share no globals that a script made', async () => {
    const source =
      'function login() { const seen = typeof leaked; leaked = 1; globalThis.other = 2; return [seen, typeof env.A] }';
    expect((await host.run(source, { env: { A: 'x' } })).resultJson).toBe('["undefined","string"]');
    expect((await host.run(source)).resultJson).toBe('["undefined","undefined"]');
  });

  it.each([
    ['Promise.prototype.then', 'Promise.prototype.then = function () { throw new Error("patched") }'],
    ['the iterator of arrays', 'Array.prototype[Symbol.iterator] = function* () { yield "evil" }'],
    ['Function.prototype.call', 'Function.prototype.call = () => { throw new Error("patched") }'],
    ['JSON.stringify', 'JSON.stringify = () => "evil"'],
    ['Object.prototype', 'Object.prototype.timeout = 1; Object.prototype.toJSON = () => "evil"'],
    ['a generator', 'Object.getPrototypeOf(function* () {}).prototype.next = () => ({ done: true })'],
    ['Buffer', 'Buffer.from = () => "evil"'],
    ['console', 'console.log = () => { throw new Error("patched") }'],
    ['setTimeout', 'globalThis.setTimeout = () => { throw new Error("patched") }'],
    ['Error.prepareStackTrace', 'Error.prepareStackTrace = () => "evil"'],
    [
      'a frozen Object.prototype',
      'Object.freeze(Object.prototype); Object.defineProperty(globalThis, "stuck", { value: 1 })',
    ],
  ])('do not share a patched %s', async (_what, patch) => {
    const source = `async function login(first) {
      if (first) { ${patch}; return { a: 1 } }
      await new Promise((resolve) => setTimeout(resolve, 1));
      console.log('logged');
      const shared = [typeof stuck, Object.prototype.timeout === undefined, new Error('x').stack.includes('script.js')];
      return [JSON.stringify({ a: [...'ab'] }), Buffer.from('x').length, ...(function* () { yield 5 })(), ...shared];
    }`;
    await host.run(source, { args: [true] });
    const { outcome, resultJson, logs } = await host.run(source, { args: [false] });
    expect(outcome).toBe('completed');
    expect(JSON.parse(resultJson as string)).toEqual(['{"a":["a","b"]}', 1, 5, 'undefined', true, true]);
    expect(logs.map(({ text }) => text)).toEqual(['logged']);
  });

  it('share no timers: what one left does not fire in the other', async () => {
    const source =
      'async function login(first) { if (first) setTimeout(() => { throw new Error("late") }, 30); else await new Promise((r) => setTimeout(r, 80)); return 1 }';
    expect((await host.run(source, { args: [true] })).outcome).toBe('completed');
    expect((await host.run(source, { args: [false] })).outcome).toBe('completed');
  });

  it('may overlap: each has an isolate of its own', async () => {
    const source =
      'async function login(name) { globalThis.mine = name; await new Promise((r) => setTimeout(r, 50)); return mine }';
    const results = await Promise.all(['a', 'b', 'c'].map((name) => host.run(source, { args: [name] })));
    expect(results.map(({ resultJson }) => resultJson)).toEqual(['"a"', '"b"', '"c"']);
  });
});
