/** How a buffer is shown: `<Buffer 31 32 ... 2 more bytes>`. */
import { outOfRange, validateNumber } from '../node-errors.ts';
import { core } from '../registry.ts';
import type { Bytes } from './making.ts';

let maxBytes = 50;

/** `buffer.INSPECT_MAX_BYTES`. */
export const inspectMaxBytes: PropertyDescriptor = {
  enumerable: true,
  configurable: true,
  get: () => maxBytes,
  set: (value: unknown) => {
    validateNumber(value, 'INSPECT_MAX_BYTES');
    if (!((value as number) >= 0)) throw outOfRange('INSPECT_MAX_BYTES', '>= 0', value);
    maxBytes = value as number;
  },
};

function fieldsOf(bytes: Bytes, context: object): string {
  const names = Object.keys(bytes).filter((name) => !/^\d+$/.test(name));
  if (names.length === 0) return '';
  const fields = Object.fromEntries(names.map((name) => [name, (bytes as unknown as Record<string, unknown>)[name]]));
  const shown = core.util.inspect(fields, { ...context, breakLength: Number.POSITIVE_INFINITY, compact: true });
  return `, ${shown.slice(2, -2)}`;
}

export function inspect(this: Bytes, _depth?: unknown, context?: object): string {
  const shown = Math.min(maxBytes, this.length);
  const rest = this.length - maxBytes;
  let text = this.toString('hex', 0, shown)
    .replace(/(.{2})/g, '$1 ')
    .trim();
  if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`;
  if (context) text += fieldsOf(this, context);
  const { constructor: maker } = this as { constructor?: { name?: unknown } };
  const name = typeof maker === 'function' ? String(maker.name) : 'Buffer';
  return `<${name} ${text}>`;
}
