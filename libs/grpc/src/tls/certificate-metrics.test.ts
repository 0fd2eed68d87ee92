import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '@userferry/local-databases';
import { createLogger } from '@userferry/process';
import { serveMetrics } from '@userferry/telemetry';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTls } from './open-tls.ts';

const log = createLogger({ service: 'test', level: 'silent' });
/** Files are looked at every five seconds, and are broken from the second look on. */
const WAIT = { timeout: 50_000 };

let stack: AsyncDisposableStack;
let folder: string;
let metrics: () => Promise<string>;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = mkdtempSync(join(tmpdir(), 'userferry-tls-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = stack.use(await serveMetrics({ service: 'identity-gateway', host: '127.0.0.1', port: 0 }));
  metrics = async () => (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
});
afterEach(() => stack.disposeAsync());

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const open = async (validDays?: number) => {
  const made = createAuthority().issue(['identity-gateway'], validDays);
  const certFile = write('cert.pem', made.certificate);
  const tls = { caFile: write('ca.pem', made.caCertificate), certFile, keyFile: write('key.pem', made.privateKey) };
  const opened = await openTls({ tls, peers: [] }, log);
  stack.use(opened);
  return opened?.certificates;
};

it('when a certificate ends can be read as a metric, and that its files are fine', async () => {
  const ends = Number((await open())?.current().endsMs) / 1_000;
  expect(await metrics()).toContain(`userferry_certificate_ends_seconds ${ends}\n`);
  expect(await metrics()).toContain('userferry_certificate_files_fine 1\n');
});

it('files that cannot be used any more are not fine', async () => {
  await open();
  const right = createAuthority().issue(['x']);
  write('cert.pem', right.certificate);
  await expect.poll(metrics, WAIT).toContain('userferry_certificate_files_fine 0\n');
});

it('a certificate that nobody renewed in time is not fine', async () => {
  await open(1);
  await expect.poll(metrics, WAIT).toContain('userferry_certificate_files_fine 0\n');
});

it('a service without TLS has neither', async () => {
  expect(await metrics()).not.toMatch(/^userferry_certificate/m);
});
