/** Fork bombs and floods: as much of everything as a script can ask for. The run ends in time, the memory comes back. */
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Outcome } from '@userferry/script-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTarget, type Target } from '../testing/attack.ts';

let target: Target;
let server: Server;
let port: number;
const sockets: Socket[] = [];
beforeAll(async () => {
  // Answers whatever comes, and takes all that is sent.
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
  target = await startTarget();
});
afterAll(async () => {
  await target.stop();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** Any end but a success of what was to be refused, and no end of the host that nothing asked for. */
const ENDED: readonly Outcome[] = [
  'quota_exceeded',
  'timed_out',
  'out_of_memory',
  'threw',
  'completed',
  'killed',
  'store_unreachable',
];
const STOPPED: readonly Outcome[] = ['quota_exceeded', 'timed_out', 'out_of_memory', 'killed'];

type Case = readonly [what: string, body: string, outcomes: readonly Outcome[]];
const FLOODS: readonly Case[] = [
  [
    'timers that set timers',
    'const bomb = () => { setTimeout(bomb, 0); setTimeout(bomb, 0) }; bomb(); await new Promise(() => {})',
    STOPPED,
  ],
  ['intervals', 'for (let i = 0; i < 1e5; i++) setInterval(() => {}, 1); await new Promise(() => {})', STOPPED],
  [
    'immediates that set immediates',
    'const bomb = () => { setImmediate(bomb); setImmediate(bomb) }; bomb(); await new Promise(() => {})',
    STOPPED,
  ],
  [
    'ticks that set ticks',
    'const bomb = () => { process.nextTick(bomb); process.nextTick(bomb) }; bomb(); await new Promise(() => {})',
    STOPPED,
  ],
  [
    'microtasks that set microtasks',
    'const bomb = () => { queueMicrotask(bomb); queueMicrotask(bomb) }; bomb(); await new Promise(() => {})',
    STOPPED,
  ],
  [
    'promises that make promises',
    'const bomb = () => Promise.all([Promise.resolve().then(bomb), Promise.resolve().then(bomb)]); await bomb()',
    STOPPED,
  ],
  [
    'async functions that call themselves',
    'const bomb = async () => { await 0; return Promise.all([bomb(), bomb()]) }; await bomb()',
    STOPPED,
  ],
  ['timers set and cleared', 'for (;;) clearTimeout(setTimeout(() => {}, 1))', STOPPED],
  [
    'timers by promise',
    'const { setTimeout: wait } = require("timers/promises"); for (let i = 0; i < 1e5; i++) wait(1e6).catch(() => {}); await new Promise(() => {})',
    STOPPED,
  ],
  [
    'generators in generators',
    'function* bomb() { yield* bomb() } for (const x of bomb()) x; return 1',
    ['threw', 'timed_out', 'out_of_memory'],
  ],
  ['log lines', 'for (;;) console.log("x")', STOPPED],
  [
    'log lines that are huge',
    'const x = "x".repeat(1e7); for (let i = 0; i < 1000; i++) console.log(x); return 1',
    ENDED,
  ],
  [
    'log lines of huge graphs',
    'let a = {}; for (let i = 0; i < 30; i++) a = { a, b: a }; for (let i = 0; i < 100; i++) console.log("%o %j %O", a, a, a)',
    ENDED,
  ],
  ['warnings', 'for (let i = 0; ; i++) process.emitWarning("w" + i)', STOPPED],
  ['tables', 'console.table(Array.from({ length: 1e5 }, (_, i) => ({ i })))', ENDED],
  ['questions', 'const c = require("crypto"); for (;;) c.getCurves(), c.randomBytes(2000)', STOPPED],
  ['questions that fail', 'const c = require("crypto"); for (;;) try { c.createPrivateKey("x") } catch {}', STOPPED],
  [
    'calls in the thread pool',
    'const c = require("crypto"); for (let i = 0; i < 1e5; i++) c.pbkdf2("p", "s", 1000, 32, "sha1", () => {}); await new Promise(() => {})',
    ENDED,
  ],
  [
    'webcrypto',
    'for (;;) { const all = []; for (let i = 0; i < 1000; i++) all.push(crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]).catch(() => {})); await Promise.all(all) }',
    STOPPED,
  ],
  [
    'key pairs',
    'const c = require("crypto"); for (let i = 0; i < 1000; i++) c.generateKeyPair("rsa", { modulusLength: 4096 }, () => {}); await new Promise(() => {})',
    ENDED,
  ],
  [
    'open ciphers',
    'const c = require("crypto"); const all = []; for (let i = 0; i < 1e5; i++) all.push(c.createCipheriv("aes-128-gcm", Buffer.alloc(16), Buffer.alloc(12))); return 1',
    ENDED,
  ],
  [
    'bcrypt',
    'const b = require("bcrypt"); for (let i = 0; i < 1e5; i++) b.hash("p", 14).catch(() => {}); await new Promise(() => {})',
    STOPPED,
  ],
  [
    'zlib engines',
    'const z = require("zlib"); const all = []; for (let i = 0; i < 1e5; i++) all.push(z.createBrotliCompress().on("error", () => {})); for (const e of all) e.write("x"); await new Promise(() => {})',
    ENDED,
  ],
  [
    'compressed nothing',
    'const z = require("zlib"); let b = z.gzipSync(Buffer.alloc(2e6)); for (;;) z.gunzipSync(b)',
    STOPPED,
  ],
  [
    'a bomb of zeros',
    'const z = require("zlib"); const one = z.deflateRawSync(Buffer.alloc(1e6)); const s = z.createInflateRaw(); s.on("error", () => {}); for (let i = 0; i < 1e4; i++) s.write(one); s.resume(); await new Promise((r) => s.on("end", r))',
    ENDED,
  ],
  [
    'connections',
    'const net = require("net"); for (let i = 0; i < 1e5; i++) net.connect(Number(env.PORT), "127.0.0.1").on("error", () => {}); await new Promise(() => {})',
    STOPPED,
  ],
  [
    'connections opened and closed',
    'const net = require("net"); for (;;) { const s = net.connect(Number(env.PORT), "127.0.0.1").on("error", () => {}); s.destroy(); await 0 }',
    STOPPED,
  ],
  [
    'TLS on connections',
    'const tls = require("tls"); for (let i = 0; i < 1e4; i++) tls.connect(Number(env.PORT), "127.0.0.1").on("error", () => {}); await new Promise(() => {})',
    STOPPED,
  ],
  [
    'TLS through streams of its own',
    'const tls = require("tls"); const { Duplex } = require("stream"); for (let i = 0; i < 1e4; i++) tls.connect({ socket: new Duplex({ read() {}, write(c, e, d) { d() } }) }).on("error", () => {}); await new Promise(() => {})',
    ENDED,
  ],
  [
    'lookups',
    'const dns = require("dns"); for (let i = 0; i < 1e5; i++) dns.lookup("localhost", () => {}); await new Promise(() => {})',
    ENDED,
  ],
  [
    'fetches',
    'for (let i = 0; i < 1e4; i++) fetch("http://127.0.0.1:" + env.PORT).catch(() => {}); await new Promise(() => {})',
    ENDED,
  ],
  [
    'http requests',
    'const http = require("http"); for (let i = 0; i < 1e4; i++) http.get("http://127.0.0.1:" + env.PORT).on("error", () => {}); await new Promise(() => {})',
    ENDED,
  ],
  [
    'bytes to a server',
    'const s = require("net").connect(Number(env.PORT), "127.0.0.1"); const b = Buffer.alloc(1e6); await new Promise((r) => s.on("connect", r)); for (;;) { if (!s.write(b)) await new Promise((r) => s.once("drain", r)) }',
    STOPPED,
  ],
  [
    'small writes',
    'const s = require("net").connect(Number(env.PORT), "127.0.0.1"); await new Promise((r) => s.on("connect", r)); for (;;) s.write("x")',
    STOPPED,
  ],
  [
    'clients of pg',
    'const { Client } = require("pg"); for (let i = 0; i < 1000; i++) new Client({ host: "127.0.0.1", port: Number(env.PORT) }).connect().catch(() => {}); await new Promise(() => {})',
    STOPPED,
  ],
  [
    'a pool of mysql2',
    'const pool = require("mysql2").createPool({ host: "127.0.0.1", port: Number(env.PORT), connectionLimit: 1e5 }); for (let i = 0; i < 1e4; i++) pool.query("select 1", () => {}); await new Promise(() => {})',
    STOPPED,
  ],
  [
    'emitters and listeners',
    'const e = new (require("events"))(); e.setMaxListeners(0); for (;;) e.on("x", () => {})',
    STOPPED,
  ],
  ['abort signals', 'const all = []; for (;;) all.push(AbortSignal.timeout(1e6))', STOPPED],
  [
    'streams without end',
    'const { Readable } = require("stream"); await require("stream/promises").pipeline(new Readable({ read() { this.push(Buffer.alloc(1e5)) } }), async function* (s) { for await (const c of s) yield c }, async (s) => { for await (const c of s) c })',
    STOPPED,
  ],
  [
    'a web stream without end',
    'for await (const c of new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(1e5)) } })) c',
    STOPPED,
  ],
  ['clones', 'let o = { a: new Array(1e4).fill({}) }; for (;;) o = structuredClone(o)', STOPPED],
  ['code', 'for (let i = 0; ; i++) new Function("return function f" + i + "() { return " + i + " }")()', STOPPED],
  [
    'regular expressions',
    'for (let i = 0; ; i++) new RegExp("(" + "a|".repeat(1000) + i + ")*").test("b".repeat(100))',
    STOPPED,
  ],
  ['symbols', 'for (let i = 0; ; i++) Symbol.for("s" + i + "x".repeat(1000))', STOPPED],
  [
    'weak references and finalizers',
    'const f = new FinalizationRegistry((x) => f.register({}, x)); const all = []; for (let i = 0; ; i++) { f.register({}, i); all[i % 1000] = new WeakRef({ i }) }',
    STOPPED,
  ],
  ['rejections that nobody handles', 'for (;;) { Promise.reject(new Error("x")); await 0 }', ['threw', ...STOPPED]],
  [
    'errors with huge stacks',
    'Error.stackTraceLimit = 1e6; const deep = (n) => n === 0 ? new Error("x").stack : deep(n - 1); for (;;) deep(5000)',
    STOPPED,
  ],
  ['proxies of proxies', 'let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); return p.x ?? null', ENDED],
];

describe('a flood', () => {
  it.each(FLOODS)('of %s ends, and the next run works', async (_what, body, outcomes) => {
    const ending = await target.attack(body, { timeoutMs: 1200, env: { PORT: String(port) } });
    expect(outcomes).toContain(ending.outcome);
    expect(ending.logs.length).toBeLessThanOrEqual(201);
    await target.expectNextRunFine();
  });

  it.runIf(process.platform === 'linux')(
    'of contexts of TLS leaves nothing of their material in the host',
    async () => {
      const fresh = await startTarget();
      const peakMb = (): number => {
        const [, kib] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${fresh.pid()}/status`, 'utf8')) ?? [];
        return Number(kib) / 1024;
      };
      await fresh.expectNextRunFine();
      const firstMb = peakMb();
      const body = `for (let i = 0; i < 8; i++) require('tls').createSecureContext({ ca: Buffer.alloc(6e6, 65 + i) }); return 1`;
      expect(await fresh.attack(body, { timeoutMs: 20_000 })).toMatchObject({ outcome: 'completed' });
      expect(peakMb()).toBeLessThan(firstMb + 160);
      await fresh.stop();
    },
  );

  it.runIf(process.platform === 'linux')('one after the other in one host gives its memory back', async () => {
    const fresh = await startTarget();
    const rssMb = (): number => {
      const [, kib] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${fresh.pid()}/status`, 'utf8')) ?? [];
      return Number(kib) / 1024;
    };
    const fill = 'const all = []; for (;;) all.push(new Array(1e4).fill(Math.random()))';
    await fresh.attack(fill, { timeoutMs: 20_000 });
    await fresh.expectNextRunFine();
    const firstMb = rssMb();
    for (let i = 0; i < 6; i++) await fresh.attack(fill, { timeoutMs: 20_000 });
    await fresh.expectNextRunFine();
    expect(rssMb()).toBeLessThan(firstMb + 128);
    await fresh.stop();
  });
});
