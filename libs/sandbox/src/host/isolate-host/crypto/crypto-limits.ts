/** What one call of `crypto` may cost. Calls run in this isolate host, which serves one connection. */
import { LIMITS, QuotaExceeded } from '../limits.ts';

export const CRYPTO_LIMITS = {
  /** Bytes and characters in all arguments of one call. */
  argumentBytes: 64 * 1024 * 1024,
  keyBytes: 64 * 1024,
  rsaModulusBits: 16_384,
  generatedRsaBits: 4096,
  generatedPrimeBits: 2048,
  dhPrimeBytes: 1024,
  hkdfBytes: 255 * 64,
  scryptWork: 2 ** 24,
  /** KiB of memory, times passes over it. */
  argon2Work: 2 ** 20,
  /** Each may be a thread. */
  argon2Lanes: 16,
  /** Calls in the thread pool that have not been answered. */
  pendingCalls: 256,
  /** Ciphers and key exchanges that are open at once. */
  openObjects: 1024,
} as const;

/** Throws `QuotaExceeded` when the value is a number above `max`; what is no number is left to the callee to refuse. */
export function capNumber(value: unknown, max: number, what: string): void {
  if (typeof value === 'number' && value > max) {
    throw new QuotaExceeded(`${what} of ${value} is above the limit of ${max}`);
  }
}

export const capDerivedKey = (value: unknown): void => capNumber(value, LIMITS.derivedKeyBytes, 'A derived key length');

function sizeOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (typeof value !== 'object' || value === null || depth > 6) return 8;
  return Object.values(value).reduce((sum: number, part) => sum + sizeOf(part, depth + 1), 8);
}

/** Throws `QuotaExceeded` when the arguments of one call are too large together. */
export function capArguments(args: readonly unknown[]): void {
  capNumber(sizeOf(args, 0), CRYPTO_LIMITS.argumentBytes, 'The size of what crypto is given at once');
}
