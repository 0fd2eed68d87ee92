/** `net.SocketAddress`, and addresses as numbers. */

import {
  invalidArgType,
  invalidArgValue,
  nodeError,
  received,
  validateObject,
  validateString,
} from '../node-errors.ts';
import { core } from '../registry.ts';
import { isIPv4, isIPv6 } from './ip.ts';

export type Family = 'ipv4' | 'ipv6';
type Options = {
  readonly address?: unknown;
  readonly family?: unknown;
  readonly port?: unknown;
  readonly flowlabel?: unknown;
};

const GROUP_BITS = 16n;

const v4Number = (text: string): bigint => text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);

function groupsOf(text: string): bigint[] {
  const groups = text === '' ? [] : text.split(':');
  return groups.flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const number = v4Number(group);
    return [number >> GROUP_BITS, number & 0xffffn];
  });
}

/** An address as one number, by which ranges and networks are compared. */
export function numberOf(address: string, family: Family): bigint {
  if (family === 'ipv4') return v4Number(address);
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const [first, last] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = new Array<bigint>(8 - first.length - last.length).fill(0n);
  return [...first, ...zeros, ...last].reduce((sum, group) => (sum << GROUP_BITS) + group, 0n);
}

const V4_MASK = 0xffff_ffffn;
const dotted = (number: bigint): string => [24n, 16n, 8n, 0n].map((bits) => (number >> bits) & 0xffn).join('.');

/** The shortest form; the system writes an IPv4 address within as such. */
function shown(address: string, family: Family): string {
  if (family === 'ipv4') return address;
  const number = numberOf(address, family);
  const [above, within] = [number >> 32n, number & V4_MASK];
  if (above === 0xffffn) return `::ffff:${dotted(within)}`;
  if (above === 0n && within > 0xffffn) return `::${dotted(within)}`;
  return new core.whatwgUrl.URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
}

export function familyOf(given: unknown, name = 'options.family'): Family {
  const family = typeof given === 'string' ? given.toLowerCase() : given;
  if (family !== 'ipv4' && family !== 'ipv6') throw invalidArgValue(name, given);
  return family;
}

function portOf(given: unknown): number {
  const port = typeof given === 'string' && given.trim() === '' ? Number.NaN : Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw nodeError(RangeError, 'ERR_SOCKET_BAD_PORT', `options.port should be >= 0 and < 65536. ${received(given)}.`);
}

export class SocketAddress {
  readonly #address: string;
  readonly #family: Family;
  readonly #port: number;
  readonly #flowlabel: number;

  constructor(options: Options = {}) {
    validateObject(options, 'options');
    this.#family = familyOf(options.family ?? 'ipv4');
    const { address = this.#family === 'ipv4' ? '127.0.0.1' : '::', flowlabel = 0 } = options;
    validateString(address, 'options.address');
    this.#port = portOf(options.port ?? 0);
    if (typeof flowlabel !== 'number') throw invalidArgType('options.flowlabel', 'of type number', flowlabel);
    this.#flowlabel = flowlabel;
    const fits = this.#family === 'ipv4' ? isIPv4(address) : isIPv6(address);
    if (!fits) throw nodeError(Error, 'ERR_INVALID_ADDRESS', 'Invalid socket address');
    this.#address = shown(address as string, this.#family);
  }
  static isSocketAddress(value: unknown): value is SocketAddress {
    return typeof value === 'object' && value !== null && #address in value;
  }
  /** An address with an optional port, or undefined. */
  static parse(input: unknown): SocketAddress | undefined {
    validateString(input, 'input');
    try {
      const { hostname, port } = new core.whatwgUrl.URL(`http://${input}`);
      const isBracketed = hostname.startsWith('[');
      const address = isBracketed ? hostname.slice(1, -1) : hostname;
      return new SocketAddress({ address, port: Number(port), family: isBracketed ? 'ipv6' : 'ipv4' });
    } catch {
      return undefined;
    }
  }
  get address(): string {
    return this.#address;
  }
  get port(): number {
    return this.#port;
  }
  get family(): Family {
    return this.#family;
  }
  get flowlabel(): number {
    return this.#flowlabel;
  }
  toJSON(): object {
    const { address, port, family, flowlabel } = this;
    return { address, port, family, flowlabel };
  }
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: { readonly depth?: number | null }): unknown {
    if (depth < 0) return this;
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `SocketAddress ${core.util.inspect(this.toJSON(), inner)}`;
  }
}
