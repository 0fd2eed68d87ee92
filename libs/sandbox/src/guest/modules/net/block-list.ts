/** `net.BlockList`: addresses, ranges and networks, compared as numbers of one space in which IPv4 is a part of IPv6. */
import { invalidArgType, invalidArgValue, outOfRange, validateNumber, validateString } from '../node-errors.ts';
import { core } from '../registry.ts';
import { isIP } from './ip.ts';
import { type Family, familyOf, numberOf, SocketAddress } from './socket-address.ts';

type Rule = { readonly kind: 'Address' | 'Subnet' | 'Range'; readonly text: string; first: bigint; last: bigint };

const BITS = { ipv4: 32, ipv6: 128 } as const;
const NAMES = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;
/** Where the addresses of IPv4 lie among those of IPv6. */
const MAPPED = 0xffff_0000_0000n;

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '::1/128', '169.254.0.0/16'];

const placeOf = ({ address, family }: { address: string; family: Family }): bigint =>
  numberOf(address, family) + (family === 'ipv4' ? MAPPED : 0n);

function addressOf(given: unknown, family: unknown, name: string): SocketAddress {
  if (SocketAddress.isSocketAddress(given)) return given;
  validateString(given, name);
  validateString(family, 'family');
  return new SocketAddress({ address: given, family });
}

function assertPrefix(prefix: unknown, family: Family): number {
  validateNumber(prefix, 'prefix');
  if (!Number.isInteger(prefix)) throw outOfRange('prefix', 'an integer', prefix);
  const bits = BITS[family];
  if ((prefix as number) < 0 || (prefix as number) > bits) throw outOfRange('prefix', `>= 0 && <= ${bits}`, prefix);
  return (prefix as number) + 0;
}

function ofAddress(given: unknown, family: unknown, name = 'address'): Rule {
  const address = addressOf(given, family, name);
  const place = placeOf(address);
  return { kind: 'Address', text: `${NAMES[address.family]} ${address.address}`, first: place, last: place };
}

function ofRange(start: unknown, end: unknown, family: unknown): Rule {
  const [from, to] = [addressOf(start, family, 'start'), addressOf(end, family, 'end')];
  const [first, last] = [placeOf(from), placeOf(to)];
  return { kind: 'Range', text: `${NAMES[from.family]} ${from.address}-${to.address}`, first, last };
}

function ofSubnet(given: unknown, prefix: unknown, family: unknown): Rule {
  const network = addressOf(given, family, 'network');
  const length = assertPrefix(prefix, network.family);
  const size = 1n << BigInt(BITS[network.family] - length);
  const first = (numberOf(network.address, network.family) / size) * size;
  const base = first + (network.family === 'ipv4' ? MAPPED : 0n);
  const text = `${NAMES[network.family]} ${network.address}/${length}`;
  return { kind: 'Subnet', text, first: base, last: base + size - 1n };
}

function ofCidr(cidr: unknown, name = 'cidr'): Rule {
  validateString(cidr, name);
  const [address = '', digits] = (cidr as string).split('/', 2);
  if (digits === undefined) throw invalidArgValue('cidr', cidr, 'must contain a prefix length (e.g. "10.0.0.0/8")');
  if (!/^(0|[1-9]\d*)$/.test(digits)) throw invalidArgValue('cidr', cidr, 'prefix length must be a valid integer');
  return ofSubnet(address, Number(digits), address.includes(':') ? 'ipv6' : 'ipv4');
}

const NO_TEXTS = 'of type string or string[]';

function textsOf(data: unknown): string[] {
  const list = typeof data === 'string' ? (JSON.parse(data) as unknown) : data;
  const isList = Array.isArray(list) && list.every((one) => typeof one === 'string');
  if (!isList) throw invalidArgType('data', NO_TEXTS, typeof data === 'string' ? list : data);
  return list;
}

/** A rule as `rules` shows it; what reads otherwise is passed over, as in Node. */
function ofText(text: string): Rule | undefined {
  const [, kind, version, first = '', last] =
    /^(Address|Subnet|Range): IPv([46]) ([^-/]+)(?:[-/](.+))?$/.exec(text) ?? [];
  const family = `ipv${version}`;
  if (kind === 'Address') return ofAddress(first, family);
  if (kind === 'Range') return ofRange(first, last, family);
  return kind === 'Subnet' ? ofSubnet(first, Number(last), family) : undefined;
}

export class BlockList {
  static PRIVATE_RANGES = Object.freeze([...PRIVATE, 'fe80::/10', 'fc00::/7']);
  #rules: Rule[] = [];

  static isBlockList(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #rules in value;
  }
  /** Addresses in their order, before them all else with the newest first. */
  #add(rule: Rule): void {
    if (rule.kind !== 'Address') this.#rules.unshift(rule);
    else if (!this.#rules.some((known) => known.kind === 'Address' && known.first === rule.first))
      this.#rules.push(rule);
  }
  #remove({ kind, text }: Rule): void {
    const at = this.#rules.findIndex((rule) => rule.kind === kind && rule.text === text);
    if (at >= 0) this.#rules.splice(at, 1);
  }
  addAddress(address: unknown, family: unknown = 'ipv4'): void {
    this.#add(ofAddress(address, family));
  }
  addAddresses(addresses: unknown, family: unknown = 'ipv4'): void {
    if (!Array.isArray(addresses)) throw invalidArgType('addresses', 'an instance of Array', addresses);
    const rules = addresses.map((address, index) => ofAddress(address, family, `addresses[${index}]`));
    for (const rule of rules) this.#add(rule);
  }
  addRange(start: unknown, end: unknown, family: unknown = 'ipv4'): void {
    const rule = ofRange(start, end, family);
    if (rule.first > rule.last) {
      throw invalidArgValue('start', addressOf(start, family, 'start'), 'must come before end');
    }
    this.#add(rule);
  }
  addSubnet(network: unknown, prefix: unknown, family: unknown = 'ipv4'): void {
    this.#add(ofSubnet(network, prefix, family));
  }
  addCIDR(cidr: unknown): void {
    this.#add(ofCidr(cidr));
  }
  addCIDRs(cidrs: unknown): void {
    if (!Array.isArray(cidrs)) throw invalidArgType('cidrs', 'an instance of Array', cidrs);
    for (const rule of cidrs.map((cidr, index) => ofCidr(cidr, `cidrs[${index}]`))) this.#add(rule);
  }
  removeAddress(address: unknown, family: unknown = 'ipv4'): void {
    this.#remove(ofAddress(address, family));
  }
  removeRange(start: unknown, end: unknown, family: unknown = 'ipv4'): void {
    this.#remove(ofRange(start, end, family));
  }
  removeSubnet(network: unknown, prefix: unknown, family: unknown = 'ipv4'): void {
    this.#remove(ofSubnet(network, prefix, family));
  }
  removeCIDR(cidr: unknown): void {
    this.#remove(ofCidr(cidr));
  }
  check(given: unknown, family: unknown = 'ipv4'): boolean {
    let address = given;
    if (!SocketAddress.isSocketAddress(address)) {
      validateString(address, 'address');
      validateString(family, 'family');
      const wanted = String(family).toLowerCase() === 'ipv4' ? 4 : 6;
      if (isIP(address) !== wanted) return false;
      address = new SocketAddress({ address, family: familyOf(`ipv${wanted}`) });
    }
    const place = placeOf(address as SocketAddress);
    return this.#rules.some(({ first, last }) => first <= place && place <= last);
  }
  clear(): void {
    this.#rules = [];
  }
  toJSON(): string[] {
    return this.rules;
  }
  fromJSON(data: unknown): void {
    for (const rule of textsOf(data).map(ofText)) if (rule) this.#add(rule);
  }
  get rules(): string[] {
    const isAddress = ({ kind }: Rule): boolean => kind === 'Address';
    const ordered = [...this.#rules.filter(isAddress), ...this.#rules.filter((rule) => !isAddress(rule))];
    return ordered.map(({ kind, text }) => `${kind}: ${text}`);
  }
  get size(): number {
    return this.#rules.length;
  }
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: { readonly depth?: number | null }): unknown {
    if (depth < 0) return this;
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `BlockList ${core.util.inspect({ rules: this.rules }, inner)}`;
  }
}
