/** One-line bodies of scripts that fill memory, as far as they are let. */
export const MEMORY_ATTACKS: Readonly<Record<string, string>> = {
  array_of_arrays: 'const a = []; for (;;) a.push(new Array(1e5).fill(1))',
  map: 'const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })',
  set: 'const s = new Set(); for (let i = 0; ; i++) s.add({ i })',
  huge_array: 'return new Array(2 ** 27).fill(0).length',
  array_from: 'return Array.from({ length: 4e9 }).length',
  array_buffers: 'const a = []; for (;;) a.push(new Uint8Array(2e6).fill(1))',
  buffers: 'const a = []; for (;;) a.push(Buffer.alloc(8e6, 1))',
  strings: 'let s = "x"; const a = []; for (;;) { s += s; a.push(s.slice(1)); if (s.length > 1e8) s = "y" }',
  replace: 'let s = "ab".repeat(1e6); for (;;) s = s.replace(/a/g, "aaaa")',
  concatenation: 'const a = []; for (;;) { a.push(...a.slice(0, 1e5), {}); a.concat(a, a, a) }',
  json: 'let o = { a: 1 }; for (let i = 0; i < 40; i++) o = { l: o, r: o }; return JSON.stringify(o).length',
  big_integers: 'let x = 3n; for (;;) x = x ** 3n',
  promises: 'const a = []; for (;;) a.push(new Promise(() => {}).then(() => {}))',
  timers: 'for (;;) setTimeout(() => {}, 1e6)',
  log_flood: 'for (;;) console.log("x".repeat(1e4))',
};

/** Bodies that keep a processor busy, most of them where nothing inside the isolate can stop them. */
export const TIME_ATTACKS: Readonly<Record<string, string>> = {
  loop: 'for (;;);',
  loop_after_await: 'await null; for (;;);',
  index_of: 'const a = []; a.length = 2 ** 32 - 1; a.indexOf(1)',
  regular_expression: '/^(a+)+$/.test("a".repeat(40) + "b")',
  microtasks: 'const f = () => Promise.resolve().then(f); f(); await new Promise(() => {})',
  copy_within: 'const a = new Uint8Array(6e7); for (;;) a.copyWithin(1, 0)',
  compare: 'const a = "ä".repeat(1e7); for (;;) a.localeCompare(a + "b")',
  hashes: 'const c = require("crypto"); for (;;) c.createHash("sha256").update("x").digest()',
  recursion: 'const f = () => f(); for (;;) try { f() } catch {}',
};

/** A body as the script of an action. */
export const scriptOf = (body: string): string => `async function login() { ${body} }`;
