import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { vouchedUntil } from './certificate-chain.ts';

/** Where the certificates lie, in PEM. */
export type CertificateFiles = {
  /** The authorities that vouch for others; several while one replaces another. */
  readonly caFile: string;
  /** Our own certificate, those between it and the authority behind it, and its key: both or neither. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
};

/** The content of the files. */
export type CertificateBytes = {
  readonly ca: Buffer;
  readonly identity?: { readonly certificate: Buffer; readonly privateKey: Buffer } | undefined;
};

/** Certificates that fit together and are valid now. */
export type CertificateSet = CertificateBytes & {
  /** Of our own certificate, for the log; empty without one. */
  readonly names: string;
  /**
   * Epoch milliseconds: the life of our own certificate, which ends with whoever vouches for it where that is earlier; or of
   * the authority that ends last.
   */
  readonly beginsMs: number;
  readonly endsMs: number;
  /** Whether one of the authorities stands at the end of our own certificate's chain, and nothing on the way has ended. */
  readonly isVouchedFor: boolean;
};

/**
 * Reads the files, without judging what they hold.
 * @throws Error that says which one cannot be read
 */
export const readCertificates = async ({ caFile, certFile, keyFile }: CertificateFiles): Promise<CertificateBytes> => {
  const ca = await read(caFile, 'the file of authorities');
  if (certFile === undefined || keyFile === undefined) return { ca };
  const certificate = await read(certFile, 'the file of the certificate');
  return { ca, identity: { certificate, privateKey: await read(keyFile, 'the file of the key') } };
};

const read = (file: string, what: string): Promise<Buffer> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${what}, ${file}, cannot be read (${error.code})`);
  });

/** Whether two readings found the same. */
export const isSame = (one: CertificateBytes, other: CertificateBytes): boolean =>
  one.ca.equals(other.ca) &&
  isSameBuffer(one.identity?.certificate, other.identity?.certificate) &&
  isSameBuffer(one.identity?.privateKey, other.identity?.privateKey);

const isSameBuffer = (one: Buffer | undefined, other: Buffer | undefined): boolean =>
  one === undefined || other === undefined ? one === other : one.equals(other);

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Looks at what files hold: whether it is PEM, whether the key is the certificate's, whether both may be used now.
 * @throws Error that says what is wrong with which file, and repeats nothing of it
 */
export const certificateSet = (bytes: CertificateBytes, nowMs: number): CertificateSet => {
  const { ca, identity } = bytes;
  const authorities = certificatesIn(ca, 'the file of authorities');
  const chain = identity && ownChain(identity);
  const own = chain?.[0];
  refuseUnlessNow(own, authorities, nowMs);
  try {
    createSecureContext({ ca, ...(identity && { cert: identity.certificate, key: identity.privateKey }) });
  } catch (error) {
    throw new Error(`the files cannot be used for TLS (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  const until = own && vouchedUntil(own, chain ?? [], authorities);
  const isVouchedFor = until !== undefined && until > nowMs;
  const beginsMs = own ? Number(own.validFromDate) : earliest(authorities);
  const endsMs = until ?? (own ? Number(own.validToDate) : latest(authorities));
  return { ...bytes, names: own?.subjectAltName ?? '', beginsMs, endsMs, isVouchedFor };
};

/** Without an authority nobody is believed, whoever they are. */
const refuseUnlessNow = (
  own: X509Certificate | undefined,
  authorities: readonly X509Certificate[],
  nowMs: number,
): void => {
  const refuse = (what: string, beginsMs: number, endsMs: number): void => {
    if (endsMs <= nowMs) throw new Error(`${what} has ended on ${new Date(endsMs).toISOString()}`);
    if (beginsMs > nowMs) throw new Error(`${what} begins on ${new Date(beginsMs).toISOString()} only`);
  };
  if (own) refuse('the certificate', Number(own.validFromDate), Number(own.validToDate));
  refuse('the authority', earliest(authorities), latest(authorities));
};

const earliest = (all: readonly X509Certificate[]): number =>
  Math.min(...all.map((each) => Number(each.validFromDate)));

const latest = (all: readonly X509Certificate[]): number => Math.max(...all.map((each) => Number(each.validToDate)));

const certificatesIn = (pem: Buffer, what: string): readonly X509Certificate[] => {
  const blocks = pem.toString('latin1').match(CERTIFICATE) ?? [];
  if (blocks.length === 0) throw new Error(`${what} holds no certificate in PEM`);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    throw new Error(`${what} holds a certificate that cannot be read`);
  }
};

/** Our certificate first, then those between it and an authority. */
const ownChain = ({
  certificate,
  privateKey,
}: NonNullable<CertificateBytes['identity']>): readonly X509Certificate[] => {
  const chain = certificatesIn(certificate, 'the file of the certificate');
  if (!chain[0]?.checkPrivateKey(keyIn(privateKey))) throw new Error('the key is not the one of the certificate');
  return chain;
};

const keyIn = (pem: Buffer) => {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error('the file of the key holds no private key in PEM without a passphrase');
  }
};
