import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '@userferry/local-databases';
import { createLogger, type Transport } from '@userferry/process';
import { describe, expect, it } from 'vitest';
import { serviceTokenAuthenticate } from '../server/authenticate.ts';
import { createServer } from '../server/create-server.ts';
import { openTls } from '../tls/open-tls.ts';
import { checkHealth } from './check-health.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const authenticate = serviceTokenAuthenticate(['a-service-token-of-forty-characters-or-so']);
const PLAINTEXT: Transport = { tls: undefined, peers: undefined };
const asked = { transport: PLAINTEXT, about: '', timeoutMs: 10_000 };

type Tls = Awaited<ReturnType<typeof openTls>>;
const start = (host: string, tls?: Tls) =>
  createServer({ host, port: 0, services: [], authenticate, log, callMsMax: 1_000, ...(tls && { tls }) });

type TlsFiles = NonNullable<Transport['tls']>;
const other = () => createAuthority().issue(['script-runner']);

/** A certificate that vouches for nobody who asks. */
const filesIn = (folder: string): TlsFiles => {
  const made = other();
  const files = { certFile: join(folder, 'crt'), keyFile: join(folder, 'key'), caFile: join(folder, 'ca') };
  writeFileSync(files.certFile, made.certificate);
  writeFileSync(files.keyFile, made.privateKey);
  writeFileSync(files.caFile, made.caCertificate);
  return files;
};

const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));

describe('a check of health', () => {
  it.each(['127.0.0.1', '0.0.0.0', ...(hasIpv6 ? ['::', '::1'] : [])])(
    'of a server on %s follows what it says of itself',
    async (host) => {
      await using server = await start(host);
      const question = { ...asked, host, port: server.port };
      expect(await checkHealth(question)).toBe(true);
      server.setServing(false);
      expect(await checkHealth(question)).toBe(false);
      expect(await checkHealth({ ...question, about: 'liveness' })).toBe(true);
      expect(await checkHealth({ ...question, about: 'what there is not' })).toBe(false);
      server.setServing(true);
      expect(await checkHealth(question)).toBe(true);
    },
  );

  it.each([
    ['as they were', () => undefined],
    ['with the key of another', ({ keyFile }: TlsFiles) => writeFileSync(keyFile, other().privateKey)],
    ['with another authority', ({ caFile }: TlsFiles) => writeFileSync(caFile, other().caCertificate)],
    ['with a certificate that is broken', ({ certFile }: TlsFiles) => writeFileSync(certFile, 'nothing')],
    ['without a certificate', ({ certFile }: TlsFiles) => rmSync(certFile)],
  ])('over TLS is about the process that runs, and not about its files: %s', async (_, spoil) => {
    const folder = mkdtempSync(join(tmpdir(), 'userferry-health-'));
    try {
      const files = filesIn(folder);
      const transport: Transport = { tls: files, peers: ['identity-gateway'] };
      using tls = await openTls(transport, log);
      await using server = await start('0.0.0.0', tls);
      spoil(files);
      const question = { ...asked, transport, host: '0.0.0.0', port: server.port };
      expect(await checkHealth(question)).toBe(true);
      expect(await checkHealth({ ...question, about: 'liveness' })).toBe(true);
      server.setServing(false);
      expect(await checkHealth(question)).toBe(false);
      expect(await checkHealth({ ...question, transport: PLAINTEXT, timeoutMs: 1_000 })).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is a no where nobody listens, and where somebody listens who says nothing', async () => {
    const { port } = await start('127.0.0.1').then(async (server) => {
      await server[Symbol.asyncDispose]();
      return server;
    });
    expect(await checkHealth({ ...asked, host: '127.0.0.1', port, timeoutMs: 2_000 })).toBe(false);
    const mute = createTcpServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    const address = mute.address() as { port: number };
    expect(await checkHealth({ ...asked, host: '127.0.0.1', port: address.port, timeoutMs: 300 })).toBe(false);
    mute.close();
  });
});
