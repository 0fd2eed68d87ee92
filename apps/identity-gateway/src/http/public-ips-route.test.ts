import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@userferry/process';
import { serveMetrics } from '@userferry/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublicIps } from '../clients/public-ips.ts';
import { createAnswerSigner } from './answer-signer.ts';
import { createHttpServer, type HttpServer } from './create-http-server.ts';
import type { KnownIps } from './last-known-ips.ts';

const LIST: PublicIps = {
  ips: [
    { address: '192.0.2.1', regions: [] },
    { address: '2001:db8::1', regions: ['eu'] },
    { address: '203.0.113.1', regions: ['eu', 'us'] },
    { address: '203.0.113.2', regions: ['us'] },
  ],
  regions: ['eu', 'us'],
  updatedAt: new Date('2026-01-02T03:04:05.678Z'),
};

const keys = generateKeyPairSync('ed25519');
let folder: string;
let server: HttpServer;
let known: KnownIps | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'userferry-'));
  known = { list: LIST, staleMs: undefined };
  const lastKnownIps = {
    get: async () => {
      if (known === undefined) throw new Error('down');
      return known;
    },
  };
  const log = createLogger({ service: 'test', level: 'silent' });
  const signAnswer = createAnswerSigner(keys.privateKey);
  server = await createHttpServer({ host: '127.0.0.1', port: 0, lastKnownIps, signAnswer, log });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const get = (query = '', headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${server.port}/api/system/public-ips${query}`, { headers });

describe('the public IPs over HTTP', () => {
  it('are JSON as the contract says, and nothing beside', async () => {
    const response = await get();
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({
      statusCode: 200,
      message: expect.any(String),
      data: {
        ips: ['192.0.2.1', '2001:db8::1', '203.0.113.1', '203.0.113.2'],
        updatedAt: '2026-01-02T03:04:05.678Z',
      },
    });
  });

  it('are one address a line for firewall scripts', async () => {
    const response = await get('?format=text');
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe('192.0.2.1\n2001:db8::1\n203.0.113.1\n203.0.113.2\n');
  });

  it('are those of a region, and those for every region', async () => {
    expect(await (await get('?format=text&region=eu')).text()).toBe('192.0.2.1\n2001:db8::1\n203.0.113.1\n');
  });

  it('of a region that is not there are not found, and not empty', async () => {
    const response = await get('?format=text&region=eu-typo');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      statusCode: 404,
      message: 'no such region; the regions are: eu, us',
      data: null,
    });
  });

  it.each([
    '?format=xml',
    '?format=json&format=text',
    '?region=EU%20West',
    '?region=',
    '?region=eu&region=us',
    `?region=${'x'.repeat(64)}`,
  ])('refuse %s', async (query) => {
    const response = await get(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ statusCode: 400, data: null });
  });

  it('may be kept for a minute, and are not sent again to who has them', async () => {
    const first = await get();
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toBe('public, max-age=60');
    for (const header of [etag, etag.replace('W/', ''), `"other", ${etag}`, '*']) {
      const again = await get('', { 'if-none-match': header });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    for (const header of ['"other"', 'W/"x"', ''])
      expect((await get('', { 'if-none-match': header })).status).toBe(200);
  });

  it('have another tag when an address, the format or the region is another, and the same when only the time is', async () => {
    const tagOf = async (query = '') => (await get(query)).headers.get('etag');
    const before = await tagOf();
    expect(new Set([before, await tagOf('?format=text'), await tagOf('?region=eu')]).size).toBe(3);
    known = { list: { ...LIST, updatedAt: new Date() }, staleMs: undefined };
    expect(await tagOf()).toBe(before);
    known = { list: { ...LIST, ips: LIST.ips.slice(1) }, staleMs: undefined };
    expect(await tagOf()).not.toBe(before);
  });

  it('say how old they are when the service is down', async () => {
    expect((await get()).headers.has('age')).toBe(false);
    known = { list: LIST, staleMs: 125_999 };
    const response = await get();
    expect([response.status, response.headers.get('age'), response.headers.get('userferry-stale')]).toEqual([
      200,
      '125',
      'true',
    ]);
  });

  it('are an error when nothing is known', async () => {
    known = undefined;
    const response = await get();
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ statusCode: 503, data: null });
    expect(response.headers.has('userferry-signature')).toBe(false);
  });
});

describe('the signature', () => {
  const path = '/api/system/public-ips?format=text&region=us';
  const signed = async () => {
    const response = await get('?format=text&region=us');
    const header = (name: string) => response.headers.get(`userferry-${name}`) ?? '';
    const signature = Buffer.from(header('signature'), 'base64');
    return { body: await response.text(), signedAt: header('signed-at'), keyId: header('key-id'), signature };
  };

  it('is Ed25519 over time, path and body', async () => {
    const { body, signedAt, signature, keyId } = await signed();
    const verifies = (...lines: string[]) => verify(null, Buffer.from(lines.join('\n')), keys.publicKey, signature);
    expect(verifies(signedAt, path, body)).toBe(true);
    expect(verifies(signedAt, path, `${body}198.51.100.66\n`)).toBe(false);
    expect(verifies(signedAt, '/api/system/public-ips?format=text', body)).toBe(false);
    expect(verifies('2026-01-01T00:00:00.000Z', path, body)).toBe(false);
    expect(Math.abs(Date.now() - Date.parse(signedAt))).toBeLessThan(60_000);
    const der = keys.publicKey.export({ type: 'spki', format: 'der' });
    expect(keyId).toBe(createHash('sha256').update(der).digest('hex').slice(0, 16));
  });

  const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

  it.runIf(hasOpenssl)('is verified by openssl as docs/public-ips.md says', async () => {
    const { body, signedAt, signature } = await signed();
    writeFileSync(join(folder, 'key.pub.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(join(folder, 'signature'), signature);
    const verifies = (text: string): boolean => {
      writeFileSync(join(folder, 'signed'), text);
      const command = 'pkeyutl -verify -pubin -inkey key.pub.pem -rawin -in signed -sigfile signature';
      return spawnSync('openssl', command.split(' '), { cwd: folder }).status === 0;
    };
    expect(verifies(`${signedAt}\n${path}\n${body}`)).toBe(true);
    expect(verifies(`${signedAt}\n${path}\n${body}198.51.100.66\n`)).toBe(false);
  });
});

it('requests are counted by their route, whatever was asked for, and by the class of their status', async () => {
  await using metrics = await serveMetrics({ service: 'identity-gateway', host: '127.0.0.1', port: 0 });
  await fetch(`http://127.0.0.1:${server.port}/api/system/public-ips?secret=hunter2`);
  await fetch(`http://127.0.0.1:${server.port}/hunter2`);
  const text = async () => (await fetch(`http://127.0.0.1:${metrics.port}/metrics`)).text();
  await expect.poll(text).toContain('userferry_http_requests_total{route="none",status="4xx"} 1\n');
  expect(await text()).toContain('userferry_http_requests_total{route="/api/system/public-ips",status="2xx"} 1\n');
  expect(await text()).not.toContain('hunter2');
});
