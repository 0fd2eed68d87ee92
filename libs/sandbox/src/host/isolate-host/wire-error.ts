import type { WireError } from '../../bridge/operations.ts';

/** In the order of Node, which a script's log shows. */
const FIELDS = [
  'name',
  'errno',
  'code',
  'syscall',
  'hostname',
  'address',
  'port',
  'reason',
  'host',
  'library',
  'function',
] as const;

/** An error of Node or of the supervisor as it crosses into the guest. */
export function toWireError(error: unknown): WireError {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  const source = error as Readonly<Record<string, unknown>>;
  const wire: Record<string, string | number | readonly string[]> = {};
  for (const field of FIELDS) {
    const value = source[field];
    if (typeof value === 'string' || typeof value === 'number') wire[field] = value;
  }
  const { opensslErrorStack: stack } = source;
  if (Array.isArray(stack)) wire.opensslErrorStack = stack.slice(0, 16).map(String);
  if (wire.name === 'Error') delete wire.name;
  return { ...wire, message: String(source.message ?? error) };
}
