/** `X509Certificate` side by side with plain Node, and the certificates of connections as such. */

import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { createCertificate } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const OWN = createCertificate(['localhost', '127.0.0.1']);
const OTHER = createCertificate(['other.example']);

let host: TestHost;
let server: Server;
beforeAll(async () => {
  server = createServer({ cert: OWN.certificate, key: OWN.privateKey }, (socket) => socket.resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = await startHost();
});
afterAll(async () => {
  await host?.stop();
  await new Promise((resolve) => server.close(resolve));
});

const { sameResult, expectSame, inIsolate } = createSideBySide(() => host);
const START = `const c = require('crypto'); const [ownPem, ownKey, otherPem, port, ca] = args;
  const own = new c.X509Certificate(ownPem); const other = new c.X509Certificate(Buffer.from(otherPem));`;
const args = () => ({
  args: [
    ...[OWN.certificate, OWN.privateKey, OTHER.certificate],
    ...[(server.address() as AddressInfo).port, OWN.caCertificate],
  ],
});

describe('a certificate beside plain Node', () => {
  it('has the same fields', async () => {
    const seen = await sameResult(
      `${START} const names = ['subject', 'subjectAltName', 'issuer', 'infoAccess', 'validFrom', 'validTo', 'validFromDate', 'validToDate', 'fingerprint', 'fingerprint256', 'fingerprint512',
        'keyUsage', 'serialNumber', 'raw', 'ca', 'issuerCertificate', 'signatureAlgorithm', 'signatureAlgorithmOid'];
      return [Object.fromEntries(names.map((name) => [name, show(own[name])])), own.publicKey.export({ type: 'spki', format: 'pem' }), own.publicKey === own.publicKey]`,
      args(),
    );
    expect(JSON.stringify(seen)).toContain('DNS:localhost');
  });

  it('is shown in the same ways', () =>
    expectSame(
      `${START} return [own.toString(), JSON.stringify({ own }), String(new c.X509Certificate(own.raw)), require('util').inspect(own), require('util').inspect([[[own]]], { depth: 1 }), show(own.toLegacyObject()), Object.keys(own)]`,
      args(),
    ));

  it('says whom it is for', () =>
    expectSame(
      `${START} return [show(own.checkHost('localhost')), show(own.checkHost('x.example')), show(other.checkHost('OTHER.example', { subject: 'never' })), show(own.checkIP('127.0.0.1')), show(own.checkIP('10.0.0.1')),
        show(own.checkEmail('a@b.c')), await attempt(() => own.checkHost(1)), await attempt(() => own.checkHost('a', { subject: 'x' })), await attempt(() => own.checkEmail()), await attempt(() => own.checkIP('nonsense'))]`,
      args(),
    ));

  it('knows its issuer and its keys', () =>
    expectSame(
      `${START} const key = c.createPrivateKey(ownKey); const pair = c.createPublicKey(ownKey);
      return [own.checkIssued(own), own.checkIssued(other), own.checkPrivateKey(key), other.checkPrivateKey(key), own.verify(pair), other.verify(pair),
        await attempt(() => own.checkIssued(1)), (await attempt(() => own.checkPrivateKey(pair)))[1].code, (await attempt(() => own.verify(key)))[1].code, await attempt(() => own.verify('x')), await attempt(() => own.checkPrivateKey())]`,
      args(),
    ));

  it('refuses what is none', () =>
    expectSame(
      `${START} return [await attempt(() => new c.X509Certificate(1)), await attempt(() => new c.X509Certificate()), (await attempt(() => new c.X509Certificate('nothing')))[1].code, typeof (await attempt(() => c.X509Certificate(ownPem)))[1].message]`,
      args(),
    ));
});

describe('the certificate of a connection beside plain Node', () => {
  it('is given as one, and is gone with the connection', () =>
    expectSame(
      `${START} const socket = require('tls').connect({ port, host: '127.0.0.1', ca, servername: 'localhost' }); const before = show(socket.getPeerX509Certificate());
      await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject)); const peer = socket.getPeerX509Certificate();
      const seen = [before, peer instanceof c.X509Certificate, peer.fingerprint256 === own.fingerprint256, peer.checkHost('localhost'), show(socket.getX509Certificate()), peer.checkIssued(new c.X509Certificate(ca)), peer.issuerCertificate && peer.issuerCertificate.subject];
      socket.destroy(); return [...seen, show(socket.getPeerX509Certificate())]`,
      args(),
    ));
});

it('a host whose first word of TLS is a certificate speaks it all the same', async () => {
  const fresh = await startHost();
  const source = `async function login(pem) {
    new (require('crypto').X509Certificate)(pem).toLegacyObject();
    return typeof require('tls').createSecureContext({ cert: pem });
  }`;
  const { outcome, resultJson } = await fresh.run(source, { args: [OWN.certificate] });
  await fresh.stop();
  expect([outcome, resultJson]).toEqual(['completed', '"object"']);
});

describe('what a certificate may cost', () => {
  it('is bounded by its size', async () => {
    const seen = await inIsolate(
      `return [await attempt(() => new (require('crypto').X509Certificate)(Buffer.alloc(100_000)))]`,
    );
    expect(seen).toEqual([['threw', expect.objectContaining({ code: 'QUOTA_EXCEEDED' })]]);
  });
});
