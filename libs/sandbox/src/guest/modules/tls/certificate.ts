/** A peer's certificate as Node shows it: objects without a prototype, chained by `issuerCertificate`. */
import type { WireCertificate } from '../../../bridge/operations.ts';
import { Buffer } from '../buffer.ts';

export type Certificate = Record<string, unknown>;

function bare(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const copy: Certificate = Object.create(null);
  for (const [key, entry] of Object.entries(value)) copy[key] = bare(entry);
  return copy;
}

/** The first of the chain; with `detailed`, those that issued it hang on it, the last one on itself if it is its own issuer. */
export function certificateOf(chain: readonly WireCertificate[], detailed: boolean): Certificate {
  const certificates = chain.map((wire) => bare(wire) as Certificate);
  certificates.forEach((certificate, index) => {
    const issuer = certificates[index + 1] ?? (certificate.isOwnIssuer === true ? certificate : undefined);
    if (detailed && issuer !== undefined) certificate.issuerCertificate = issuer;
    delete certificate.isOwnIssuer;
  });
  return certificates[0] ?? {};
}
