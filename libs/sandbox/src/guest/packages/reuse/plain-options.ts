import { changedDefaults } from '../../modules/tls/secure-context.ts';
import {
  getPrototypeOf,
  hasOwn,
  isArray,
  isArrayBufferView,
  jsonStringify,
  ObjectPrototype,
  objectKeys,
} from '../../primordials.ts';

/** Of a certificate's names, asked anew in every run; what it is asked about is the same. */
const ASKED_ANEW = 'checkServerIdentity';
const DEPTH_MAX = 8;

type Plain = string | number | boolean | null | readonly Plain[];

function isBare(value: object): boolean {
  const prototype = getPrototypeOf(value);
  return prototype === null || prototype === ObjectPrototype;
}

function plainObject(value: object, depth: number): Plain | undefined {
  const parts: Plain[] = [];
  const keys = objectKeys(value);
  // One of a class without fields of its own, such as a date or a promise, keeps elsewhere what it is.
  if (keys.length === 0 && !isBare(value)) return undefined;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const given = (value as Record<string, unknown>)[key];
    const part = plain(key === ASKED_ANEW ? typeof given : given, depth);
    if (part === undefined) return undefined;
    parts[parts.length] = [key, part];
  }
  // pg hides a key from those who list the options.
  if (hasOwn(value, 'key') && !(keys as unknown[]).includes('key')) {
    const part = plain((value as { readonly key: unknown }).key, depth);
    if (part === undefined) return undefined;
    parts[parts.length] = ['key', part];
  }
  return ['{', parts];
}

function plainList(value: ArrayLike<unknown>, mark: string, depth: number): Plain | undefined {
  const parts: Plain[] = [];
  for (let i = 0; i < value.length; i++) {
    const part = plain(value[i], depth);
    if (part === undefined) return undefined;
    parts[i] = part;
  }
  return [mark, parts];
}

function plain(value: unknown, depth: number): Plain | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (value === undefined) return ['undefined'];
  if (typeof value !== 'object' || depth === 0) return undefined;
  if (isArrayBufferView(value)) return plainList(value as Uint8Array, 'bytes', depth - 1);
  return isArray(value) ? plainList(value, '[', depth - 1) : plainObject(value, depth - 1);
}

/** Options as a value that differs wherever they do; undefined where something in them, such as a function, cannot tell. */
export const plainOptions = (options: unknown): Plain | undefined => plain(options, DEPTH_MAX);

const isText = (value: unknown): boolean => typeof value === 'string' || value === undefined || value === null;

/**
 * By what the host knows a session: its driver and, in the first line, all that it is let in by, which the host looks for in
 * the run's arguments. Undefined where credentials are no text, or something in the options cannot be compared.
 */
export function sessionKey(driver: string, credentials: readonly unknown[], options: unknown): string | undefined {
  for (let i = 0; i < credentials.length; i++) if (!isText(credentials[i])) return undefined;
  const all = plainOptions(options);
  return all === undefined ? undefined : `${driver} ${jsonStringify(credentials)}\n${jsonStringify(all)}`;
}

/** What the script has set for all of TLS. */
export const tlsDefaults = (): object => changedDefaults;
