/** `X509Certificate` for the guest, which keeps a certificate as its DER bytes and what they say. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { asBytes, asText } from '../arguments.ts';
import { nodeTls } from '../node-tls.ts';
import { CRYPTO_LIMITS, capNumber } from './crypto-limits.ts';
import { capKey } from './crypto-values.ts';

type Fields = Readonly<Record<string, unknown>>;

const TEXTS = [
  ...(['subject', 'subjectAltName', 'issuer', 'infoAccess', 'validFrom', 'validTo', 'fingerprint'] as const),
  ...(['fingerprint256', 'fingerprint512', 'keyUsage', 'serialNumber', 'ca', 'raw'] as const),
  ...(['signatureAlgorithm', 'signatureAlgorithmOid'] as const),
];

function certificateFrom(given: unknown): X509Certificate {
  const bytes = typeof given === 'string' ? Buffer.from(given) : asBytes(given, 'buffer');
  capNumber(bytes.byteLength, CRYPTO_LIMITS.keyBytes, 'A certificate size');
  return new X509Certificate(bytes);
}

/** Everything of a certificate that costs nothing to tell. */
export function readCertificate(given: unknown): Fields {
  const certificate = certificateFrom(given);
  const texts = Object.fromEntries(
    TEXTS.map((name) => [name, (certificate as unknown as Record<string, unknown>)[name]]),
  );
  const dates = { validFromMs: certificate.validFromDate.getTime(), validToMs: certificate.validToDate.getTime() };
  return { ...texts, ...dates, pem: certificate.toString() };
}

/** What a certificate is asked, by the name of the question. */
const QUESTIONS: Readonly<Record<string, (certificate: X509Certificate, ...args: never[]) => unknown>> = {
  publicKey: (certificate) => capKey(certificate.publicKey),
  checkHost: (certificate, name: string, options: object) => certificate.checkHost(name, options),
  checkEmail: (certificate, email: string, options: object) => certificate.checkEmail(email, options),
  checkIP: (certificate, ip: string, options: object) =>
    (certificate.checkIP as (ip: string, options: object) => unknown)(ip, options),
  checkIssued: (certificate, other: Buffer) => certificate.checkIssued(certificateFrom(other)),
  checkPrivateKey: (certificate, key: KeyObject) => certificate.checkPrivateKey(key),
  verify: (certificate, key: KeyObject) => certificate.verify(key),
  toLegacyObject(certificate) {
    // Where this call is what first brings parts of Node's TLS (24.21), half of it stays missing for the process's life.
    nodeTls();
    return certificate.toLegacyObject();
  },
};

/** Answers one question about a certificate. Throws what Node throws, or `QuotaExceeded`. */
export function askCertificate(der: unknown, question: unknown, ...args: unknown[]): unknown {
  const name = asText(question, 'question', 32);
  if (!Object.hasOwn(QUESTIONS, name)) throw new TypeError('There is no such question about certificates');
  return QUESTIONS[name]?.(certificateFrom(der), ...(args as never[]));
}
