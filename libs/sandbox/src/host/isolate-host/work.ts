/** What the host computes for the guest: bcrypt, random bytes, identity checks. */
import { randomBytes } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import bcrypt from 'bcrypt';
import { asBytes, asInteger, asText, forGuest } from './arguments.ts';
import { LIMITS, QuotaExceeded } from './limits.ts';
import { nodeTls } from './node-tls.ts';
import { TLS_QUESTIONS } from './tls-options.ts';
import { toWireError } from './wire-error.ts';

type Args = readonly unknown[];
type Done = (error: unknown, value?: unknown) => void;

function assertAtMost(value: number, max: number, what: string): void {
  if (value > max) throw new QuotaExceeded(`${what} of ${value} is above the limit of ${max}`);
}

function assertRounds(rounds: number, what: unknown): void {
  assertAtMost(rounds, what === 'compare' ? LIMITS.bcryptRoundsCompared : LIMITS.bcryptRounds, 'A bcrypt cost');
}

/** The cost in a salt or a hash, or a number of rounds. */
function roundsOf(salt: unknown): number {
  if (typeof salt === 'number') return salt;
  const match = /^\$2[aby]?\$(\d{2})\$/.exec(String(salt));
  return match ? Number(match[1]) : 0;
}

const asData = (value: unknown): string | Buffer => (typeof value === 'string' ? value : asBytes(value, 'data'));
const asSalt = (value: unknown): string | number => (typeof value === 'number' ? value : asText(value, 'salt', 256));
const asMinor = (value: unknown): 'a' | 'b' => {
  if (value === 'a' || value === 'b') return value;
  throw new Error('minor must be either "a" or "b"');
};

function bcryptCall(what: unknown, args: Args, callAs: (name: string) => (...args: never[]) => unknown): unknown {
  const call = (...given: unknown[]): unknown => callAs(String(what))(...(given as never[]));
  if (what === 'genSalt') {
    assertRounds(asInteger(args[0], 'rounds'), what);
    return call(args[0], asMinor(args[1]));
  }
  if (what !== 'hash' && what !== 'compare') throw new TypeError('There is no such bcrypt function');
  assertRounds(roundsOf(args[1]), what);
  return call(asData(args[0]), what === 'hash' ? asSalt(args[1]) : asText(args[1], 'hash', 1024));
}

/** bcrypt in the thread pool. Throws at once on a bad argument or a cost above the limit. */
export function bcryptAsync(what: unknown, args: Args, done: Done): void {
  const functions = bcrypt as unknown as Record<string, (...args: never[]) => unknown>;
  const started = bcryptCall(what, args, (name) => functions[name] as never) as Promise<unknown>;
  started.then(
    (value) => done(null, value),
    (error) => done(error),
  );
}

function bcryptNow(args: Args): unknown {
  const functions = bcrypt as unknown as Record<string, (...args: never[]) => unknown>;
  const what = String(args[0]).replace(/Sync$/, '');
  return bcryptCall(what, args[1] as Args, (name) => functions[`${name}Sync`] as never);
}

function identityProblem(args: Args): unknown {
  const certificate = JSON.parse(asText(args[1], 'certificate')) as PeerCertificate;
  const problem = nodeTls().checkServerIdentity(asText(args[0], 'hostname', 1024), certificate);
  return problem === undefined ? null : toWireError(problem);
}

function random(args: Args): Uint8Array {
  const size = asInteger(args[0], 'size');
  assertAtMost(size, LIMITS.randomBytes, 'A number of random bytes');
  return forGuest(randomBytes(size));
}

const TEXT_ENCODINGS: readonly unknown[] = ['utf8', 'utf-8', 'latin1', 'binary', 'hex', 'base64', 'utf16le', 'ucs2'];

function asEncoding(value: unknown): BufferEncoding {
  if (TEXT_ENCODINGS.includes(value)) return value as BufferEncoding;
  throw new TypeError('There is no such encoding');
}

const textOf = ([bytes, encoding]: Args): string => asBytes(bytes, 'bytes').toString(asEncoding(encoding));
const bytesOf = ([text, encoding]: Args): Uint8Array =>
  forGuest(Buffer.from(asText(text, 'text', LIMITS.textCharacters), asEncoding(encoding)));

const encodingOf = ([label]: Args): string => new TextDecoder(asText(label, 'label', 64)).encoding;

/** The whole text of bytes in one of the encodings of the web: Node has tables for all of them. */
function decoded([label, options, bytes, isStream]: Args): string {
  const { fatal, ignoreBOM } = (options ?? {}) as { readonly fatal?: unknown; readonly ignoreBOM?: unknown };
  const decoder = new TextDecoder(asText(label, 'label', 64), {
    fatal: fatal === true,
    ignoreBOM: ignoreBOM === true,
  });
  return decoder.decode(asBytes(bytes, 'bytes'), { stream: isStream === true });
}

/** Questions that are answered at once. They block this isolate host and nobody else. */
export const QUESTIONS: ReadonlyMap<string, (args: Args) => unknown> = new Map<string, (args: Args) => unknown>([
  ['random', random],
  ['text', textOf],
  ['bytes', bytesOf],
  ['encoding', encodingOf],
  ['decode', decoded],
  ['bcrypt', bcryptNow],
  ['checkIdentity', identityProblem],
  ...TLS_QUESTIONS,
]);
