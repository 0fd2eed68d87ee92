import { MEMORY_ATTACKS, TIME_ATTACKS } from '../bench/hostile-scripts.ts';

/** What makes a host die by its own hand, beside what fills memory or burns time. */
const OTHER_ATTACKS: Readonly<Record<string, string>> = {
  throws_odd: 'throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })',
  deep_result: 'let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; return o',
  huge_result: 'return "x".repeat(5e7)',
  hostile_getter: 'return { get id() { for (;;); } }',
  thenable: 'return { then() { for (;;); } }',
  patched: 'Promise.prototype.then = () => {}; Array.prototype[Symbol.iterator] = null; JSON.parse = null; return 1',
  sockets:
    'const net = require("net"); for (let i = 0; i < 500; i++) net.connect(1, "127.0.0.1").on("error", () => {})',
  questions: 'const d = require("dns"); for (let i = 0; i < 1e5; i++) d.lookup("h" + i + ".invalid", () => {})',
};

/** Bodies of every hostile script, by name. */
export const HOSTILE: readonly string[] = Object.values({ ...TIME_ATTACKS, ...MEMORY_ATTACKS, ...OTHER_ATTACKS });

/** Greets over a real connection, and answers with what only this run can know. */
export const HONEST = `
const net = require('net');
const crypto = require('crypto');
async function login(n, port) {
  const greeting = await new Promise((resolve, reject) => {
    let text = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.end('hello ' + n));
    socket.on('data', (bytes) => { text += bytes }).on('end', () => resolve(text)).on('error', reject);
  });
  return { id: n, nickname: greeting, customData: { hash: crypto.createHash('sha256').update(String(n)).digest('hex') } };
}`;
