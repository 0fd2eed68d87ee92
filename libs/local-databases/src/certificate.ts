import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { der } from './der.ts';

/** A certificate for a local server and the authority that vouches for it, as PEM text. */
export type LocalCertificate = {
  /** What a client must trust. */
  caCertificate: string;
  certificate: string;
  privateKey: string;
};

const ECDSA_WITH_SHA256 = der.sequence(der.oid('1.2.840.10045.4.3.2'));
const DAY_MS = 86_400_000;

/** An authority that vouches for as many certificates as are asked of it. */
export type LocalAuthority = {
  /** What others must trust, as PEM text. */
  caCertificate: string;
  /**
   * A certificate for a server, or for a client that proves itself by it (ECDSA P-256). `names` are DNS names, IP
   * addresses or URIs; `validDays` may be negative for an expired one, and a fraction.
   */
  issue: (names: readonly string[], validDays?: number) => LocalCertificate;
};

/** Makes an authority with nothing but node:crypto. */
export function createAuthority(): LocalAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = 'Userferry local authority';
  const caExtensions = [extension('2.5.29.19', der.sequence(der.boolean(true)), true), keyUsage(0x06, 1)];
  const ca = { issuer, subject: issuer, until: new Date(Date.now() + 3650 * DAY_MS), signer: authority.privateKey };
  const caCertificate = certificate({ ...ca, key: authority.publicKey, extensions: caExtensions }, authority.publicKey);
  const issue = (names: readonly string[], validDays = 3650): LocalCertificate => {
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const until = new Date(Date.now() + validDays * DAY_MS);
    const extensions = [
      extension('2.5.29.17', der.sequence(...names.map(alternativeName))),
      // For servers, and for clients that prove themselves by it.
      extension('2.5.29.37', der.sequence(der.oid('1.3.6.1.5.5.7.3.1'), der.oid('1.3.6.1.5.5.7.3.2'))),
      keyUsage(0x80, 7),
    ];
    const leaf = { issuer, subject: names[0] ?? 'localhost', until, signer: authority.privateKey };
    return {
      caCertificate,
      certificate: certificate({ ...leaf, key: own.publicKey, extensions }, authority.publicKey),
      privateKey: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  };
  return { caCertificate, issue };
}

/**
 * A one-use authority and a certificate of it for `hosts`, names or IP addresses. The authority's key is forgotten.
 * `validDays` may be negative for an expired one.
 */
export function createCertificate(hosts: readonly string[], validDays = 3650): LocalCertificate {
  return createAuthority().issue(hosts, validDays);
}

type Contents = {
  issuer: string;
  subject: string;
  until: Date;
  key: KeyObject;
  signer: KeyObject;
  extensions: Buffer[];
};

function certificate(contents: Contents, issuerKey: KeyObject): string {
  const extensions = [
    ...contents.extensions,
    extension('2.5.29.14', der.octets(keyId(contents.key))),
    extension('2.5.29.35', der.sequence(der.context(0, keyId(issuerKey), true))),
  ];
  const toBeSigned = der.sequence(
    der.context(0, der.integer(Buffer.from([2]))), // X.509 version 3
    der.integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    commonName(contents.issuer),
    der.sequence(der.time(new Date(Date.now() - 30 * DAY_MS)), der.time(contents.until)),
    commonName(contents.subject),
    contents.key.export({ type: 'spki', format: 'der' }),
    der.context(3, der.sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, contents.signer);
  return pem(der.sequence(toBeSigned, ECDSA_WITH_SHA256, der.bits(signature)));
}

function commonName(name: string): Buffer {
  return der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), der.utf8(name))));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return der.sequence(der.oid(id), ...(critical ? [der.boolean(true)] : []), der.octets(value));
}

function keyUsage(bits: number, unusedBits: number): Buffer {
  return extension('2.5.29.15', der.bits(Buffer.from([bits]), unusedBits), true);
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

function alternativeName(host: string): Buffer {
  if (host.includes('://')) return der.context(6, Buffer.from(host), true);
  const version = isIP(host);
  if (version === 6) throw new Error('certificates for IPv6 addresses are not made here');
  return version === 4
    ? der.context(7, Buffer.from(host.split('.').map(Number)), true)
    : der.context(2, Buffer.from(host), true);
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
