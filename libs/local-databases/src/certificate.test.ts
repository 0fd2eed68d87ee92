import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createCertificate, type LocalCertificate } from './certificate.ts';

async function handshake(made: LocalCertificate, servername: string): Promise<string> {
  const server = createServer({ key: made.privateKey, cert: made.certificate }).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => undefined);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const client: TLSSocket = connect({ host: '127.0.0.1', port, servername, ca: made.caCertificate });
  const outcome = await Promise.race([
    once(client, 'secureConnect').then(() => 'trusted'),
    new Promise<string>((resolve) => client.once('error', (error: { code?: string }) => resolve(String(error.code)))),
  ]);
  client.destroy();
  server.close();
  return outcome;
}

describe('a local certificate', () => {
  it('is trusted under each of its names when the authority is trusted', async () => {
    const made = createCertificate(['db.example', 'localhost']);
    expect(await handshake(made, 'db.example')).toBe('trusted');
    expect(await handshake(made, 'localhost')).toBe('trusted');
  });

  it('is refused under another name, and when it has expired', async () => {
    expect(await handshake(createCertificate(['db.example']), 'other.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await handshake(createCertificate(['localhost'], -1), 'localhost')).toBe('CERT_HAS_EXPIRED');
  });

  it('says what it is for, and only the authority may sign others', () => {
    const made = createCertificate(['localhost', '127.0.0.1']);
    const [ca, server] = [new X509Certificate(made.caCertificate), new X509Certificate(made.certificate)];
    expect([ca.ca, server.ca]).toEqual([true, false]);
    expect(server.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
    expect(server.checkIssued(ca) && server.verify(ca.publicKey)).toBe(true);
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
  });
});
