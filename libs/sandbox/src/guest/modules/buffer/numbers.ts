/** The methods that read and write numbers, with Node's checks: offsets are never guessed, values never cut. */
import { invalidArgType, outOfRange } from '../node-errors.ts';
import { refuseOffset } from './bounds.ts';

type Read = (this: Uint8Array, offset?: number) => number | bigint;
type Write = (this: Uint8Array, value: number | bigint, offset?: number) => number;
type Methods = Record<string, unknown>;

const SIZE_MAX = 6;

/** The first byte; the last is asked for, too, so that `undefined` tells of a bad offset. */
function assertInside(bytes: Uint8Array, offset: number, size: number): void {
  if (typeof offset !== 'number' || bytes[offset] === undefined || bytes[offset + size - 1] === undefined) {
    refuseOffset(offset, bytes.length - size);
  }
}

function readUnsigned(bytes: Uint8Array, offset: number, size: number, little: boolean): number {
  let value = 0;
  if (little) for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[offset + i] as number);
  else for (let i = 0; i < size; i++) value = value * 256 + (bytes[offset + i] as number);
  return value;
}

function readInteger(bytes: Uint8Array, offset: number, size: number, little: boolean, signed: boolean): number {
  assertInside(bytes, offset, size);
  const value = readUnsigned(bytes, offset, size, little);
  const half = 2 ** (8 * size - 1);
  return signed && value >= half ? value - half * 2 : value;
}

function rangeOf(min: number | bigint, max: number | bigint, size: number): string {
  const n = typeof min === 'bigint' ? 'n' : '';
  if (size <= 4) return `>= ${min} and <= ${max}`;
  const bits = 8 * size;
  if (Number(min) === 0) return `>= 0${n} and < 2${n} ** ${bits}${n}`;
  return `>= -(2${n} ** ${bits - 1}${n}) and < 2${n} ** ${bits - 1}${n}`;
}

function writeInteger(
  bytes: Uint8Array,
  given: unknown,
  offset: number,
  size: number,
  little: boolean,
  signed: boolean,
): number {
  const value = Number(given);
  const min = signed ? -(2 ** (8 * size - 1)) : 0;
  const max = signed ? -min - 1 : 2 ** (8 * size) - 1;
  if (size === 1 && typeof offset !== 'number') refuseOffset(offset, bytes.length - 1);
  if (value > max || value < min) throw outOfRange('value', rangeOf(min, max, size), value);
  assertInside(bytes, offset, size);
  let rest = Number.isNaN(value) ? 0 : Math.trunc(value);
  if (rest < 0) rest += 2 ** (8 * size);
  for (let i = 0; i < size; i++) {
    bytes[offset + (little ? i : size - 1 - i)] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return offset + size;
}

function assertByteLength(size: unknown): asserts size is number {
  if (size === undefined) throw invalidArgType('byteLength', 'of type number', size);
  if (!Number.isInteger(size) || (size as number) < 1 || (size as number) > SIZE_MAX) {
    refuseOffset(size, SIZE_MAX, 'byteLength');
  }
}

function assertOffsetGiven(offset: unknown): void {
  if (offset === undefined) throw invalidArgType('offset', 'of type number', offset);
}

/** `readUIntBE` and its like, whose size is an argument. */
function anySize(little: boolean, signed: boolean): readonly [read: unknown, write: unknown] {
  return [
    function read(this: Uint8Array, offset: number, size: number): number {
      assertOffsetGiven(offset);
      assertByteLength(size);
      return readInteger(this, offset, size, little, signed);
    },
    function write(this: Uint8Array, value: unknown, offset: number, size: number): number {
      assertByteLength(size);
      assertOffsetGiven(offset);
      return writeInteger(this, value, offset, size, little, signed);
    },
  ];
}

function fixedSize(size: number, little: boolean, signed: boolean): readonly [read: Read, write: Write] {
  return [
    function read(offset = 0) {
      return readInteger(this, offset, size, little, signed);
    },
    function write(value, offset = 0) {
      return writeInteger(this, value, offset, size, little, signed);
    },
  ];
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function floating(size: 4 | 8, little: boolean): readonly [read: Read, write: Write] {
  const kind = size === 4 ? 'Float32' : 'Float64';
  return [
    function read(offset = 0) {
      assertInside(this, offset, size);
      return viewOf(this)[`get${kind}`](offset, little);
    },
    function write(value, offset = 0) {
      const number = Number(value);
      assertInside(this, offset, size);
      viewOf(this)[`set${kind}`](offset, number, little);
      return offset + size;
    },
  ];
}

function big(little: boolean, signed: boolean): readonly [read: Read, write: Write] {
  const min = signed ? -(2n ** 63n) : 0n;
  const max = signed ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  return [
    function read(offset = 0) {
      assertInside(this, offset, 8);
      return viewOf(this)[signed ? 'getBigInt64' : 'getBigUint64'](offset, little);
    },
    function write(value, offset = 0) {
      if (value > max || value < min) throw outOfRange('value', rangeOf(min, max, 8), value);
      assertInside(this, offset, 8);
      // Text is no number here: an operation of numbers says so as Node does.
      viewOf(this)[signed ? 'setBigInt64' : 'setBigUint64'](offset, (value as bigint) | 0n, little);
      return offset + 8;
    },
  ];
}

function addPair(methods: Methods, name: string, [read, write]: readonly [unknown, unknown]): void {
  methods[`read${name}`] = read;
  methods[`write${name}`] = write;
}

/** All of them, by name; the `Uint` spellings are the same functions. */
export function numberMethods(): Methods {
  const methods: Methods = {};
  for (const signed of [false, true]) {
    const kind = signed ? 'Int' : 'UInt';
    addPair(methods, `${kind}8`, fixedSize(1, true, signed));
    for (const little of [false, true]) {
      const end = little ? 'LE' : 'BE';
      addPair(methods, `${kind}16${end}`, fixedSize(2, little, signed));
      addPair(methods, `${kind}32${end}`, fixedSize(4, little, signed));
      addPair(methods, `${kind}${end}`, anySize(little, signed));
      addPair(methods, `Big${kind}64${end}`, big(little, signed));
    }
  }
  for (const little of [false, true]) {
    const end = little ? 'LE' : 'BE';
    addPair(methods, `Float${end}`, floating(4, little));
    addPair(methods, `Double${end}`, floating(8, little));
  }
  for (const [name, method] of Object.entries(methods)) {
    Object.defineProperty(method as object, 'name', { value: name, configurable: true });
    methods[name.replace('UInt', 'Uint')] = method;
  }
  return methods;
}
