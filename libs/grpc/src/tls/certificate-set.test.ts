import { createAuthority } from '@userferry/local-databases';
import { describe, expect, it } from 'vitest';
import { certificateSet } from './certificate-set.ts';

const DAY_MS = 86_400_000;
/** Authorities are made for ten years. */
const AUTHORITY_DAYS = 3650;
const inDays = (days: number): number => Date.now() + days * DAY_MS;

/** A certificate of an authority, beside that and others in the file of authorities. */
const bytesOf = (validDays: number, ...others: readonly string[]) => {
  const made = createAuthority().issue(['one.example'], validDays);
  const identity = { certificate: Buffer.from(made.certificate), privateKey: Buffer.from(made.privateKey) };
  return { ca: Buffer.from(made.caCertificate + others.join('')), identity };
};
const daysLeft = (endsMs: number): number => Math.round((endsMs - Date.now()) / DAY_MS);

describe('a certificate', () => {
  it('ends with its authority where that ends first', () => {
    expect(daysLeft(certificateSet(bytesOf(AUTHORITY_DAYS + 365), Date.now()).endsMs)).toBe(AUTHORITY_DAYS);
    expect(daysLeft(certificateSet(bytesOf(365), Date.now()).endsMs)).toBe(365);
  });

  it('is not taken when every authority has ended', () => {
    const look = () => certificateSet(bytesOf(AUTHORITY_DAYS + 365), inDays(AUTHORITY_DAYS + 10));
    expect(look).toThrow(/^the authority has ended on 20/);
  });

  it('is not vouched for by an authority that has ended, beside one that has not', () => {
    const living = createAuthority().issue(['x'], AUTHORITY_DAYS + 365).certificate;
    const set = certificateSet(bytesOf(AUTHORITY_DAYS + 365, living), inDays(AUTHORITY_DAYS + 10));
    expect(set).toMatchObject({ isVouchedFor: false });
    expect(daysLeft(set.endsMs)).toBe(AUTHORITY_DAYS);
  });
});
