import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, startApi } from '../../testing/api-world.ts';
import { readConsole } from './read-console.ts';

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());
let api: Api;
const SCRIPT = `console.log(${JSON.stringify('x'.repeat(2_000))});`;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  write('secret.js', 'hunter2');
  write('dist/index.html', '<meta name="csp-nonce" content="__CSP_NONCE__">');
  write('dist/assets/index-Ab3_xY-9.js', SCRIPT);
  write('dist/assets/plain.css', 'a{}');
  write('dist/assets/unknown.exe', 'MZ');
  write('dist/manifest.json', '{}');
  api = stack.use(await startApi({}, { console: readConsole(join(folder, 'dist')) }));
});

const get = (path: string, headers: Record<string, string> = {}) => api.send('GET', path, headers);

/** As it is sent, dots and all. */
const getRaw = (path: string) =>
  new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const { hostname, port } = new URL(api.origin);
    request({ hostname, port, path }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, text }));
    })
      .on('error', reject)
      .end();
  });

describe('the page', () => {
  it('lets nothing run or be shown but what is ours, and styles with the nonce of this one answer', async () => {
    const [one, other] = [await get('/console/'), await get('/console/')];
    const nonce = /content="([\w+/=]+)"/.exec(one.text)?.[1] ?? '';
    expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
    expect(other.text).not.toContain(nonce);
    expect(one.headers.get('content-security-policy')).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; connect-src 'self'; img-src 'self' data:; font-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`,
    );
    expect(Object.fromEntries(one.headers)).toMatchObject({
      'cache-control': 'no-cache',
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
    expect(one.headers.get('strict-transport-security')).toBe(null);
  });

  it('is at each of its own paths, and the root leads to it', async () => {
    for (const path of ['/console/pools/a/scripts', '/console/index', '/console/%E2%98%83'])
      expect((await get(path)).text).toContain('csp-nonce');
    for (const path of ['/', '/console', '/?next=x']) {
      const { status, headers } = await getRedirect(path);
      expect([status, headers.get('location')?.split('?')[0]]).toEqual([302, '/console/']);
    }
  });

  it('has files that are kept for ever where their names change with them', async () => {
    const hashed = await get('/console/assets/index-Ab3_xY-9.js');
    expect([hashed.text, hashed.headers.get('cache-control'), hashed.headers.get('content-type')]).toEqual([
      SCRIPT,
      'public, max-age=31536000, immutable',
      'text/javascript; charset=utf-8',
    ]);
    expect((await get('/console/assets/plain.css')).headers.get('cache-control')).toBe('no-cache');
  });

  it('is sent small to whoever takes it so', async () => {
    const path = '/console/assets/index-Ab3_xY-9.js';
    const encoding = async (accepted: string) =>
      (await get(path, { 'accept-encoding': accepted })).headers.get('content-encoding');
    expect([await encoding('gzip, deflate, br'), await encoding('br;q=0.5'), await encoding('br;q=0')]).toEqual([
      'br',
      'br',
      null,
    ]);
    expect((await get(path, { 'accept-encoding': 'identity' })).text).toBe(SCRIPT);
  });
});

const getRedirect = (path: string) => fetch(`${api.origin}${path}`, { redirect: 'manual' });

describe('a path', () => {
  it.each([
    '/console/../secret.js',
    '/console/%2e%2e/secret.js',
    '/console/..%2fsecret.js',
    '/console/assets/../../secret.js',
    '/console/assets/..%5c..%5csecret.js',
    '/console//secret.js',
    '/console/assets/unknown.exe',
    '/console/manifest.json',
    '/console/assets/gone-Ab3_xY-9.js',
    '/console/__proto__.js',
  ])('that is no file of the page leads to none: %s', async (path) => {
    const { status, text } = await getRaw(path);
    expect([status, text.includes('hunter2')]).toEqual([404, false]);
  });
});

it('without a built page the answer says how to build it', async () => {
  await using bare = await startApi();
  const { status, text } = await bare.send('GET', '/console/');
  expect([status, text]).toEqual([404, expect.stringContaining('npx nx build console')]);
  expect(readConsole('/nowhere/at/all')).toBe(undefined);
});
