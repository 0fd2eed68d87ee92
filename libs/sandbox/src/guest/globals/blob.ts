/** `Blob` and `File`: bytes that do not change, with a type. */
import { nodeError, received } from '../modules/node-errors.ts';

type Options = { readonly endings?: unknown; readonly type?: unknown; readonly lastModified?: unknown };
type State = { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string };

const PIECE_BYTES = 64 * 1024;
const NOT_IN_TYPES = /[^\x20-\x7e]/;

const states = new WeakMap<object, State>();
const inspectAs: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

const invalidThis = (name: string): Error =>
  nodeError(TypeError, 'ERR_INVALID_THIS', `Value of "this" must be of type ${name}`);

function stateOf(blob: unknown): State {
  const state = states.get(blob as object);
  if (state === undefined) throw invalidThis('Blob');
  return state;
}

const asType = (value: unknown): string => {
  const type = `${value}`;
  return NOT_IN_TYPES.test(type) ? '' : type.toLowerCase();
};

function bytesOf(part: unknown, isNative: boolean): Uint8Array {
  const blob = typeof part === 'object' && part !== null ? states.get(part) : undefined;
  if (blob !== undefined) return blob.bytes;
  if (part instanceof ArrayBuffer) return new Uint8Array(part);
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer as ArrayBuffer, part.byteOffset, part.byteLength);
  const text = `${part}`;
  return new TextEncoder().encode(isNative ? text.replace(/\r\n|\r|\n/g, '\n') : text);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

function partsOf(sources: unknown): unknown[] {
  const isList = (typeof sources === 'object' && sources !== null) || typeof sources === 'function';
  if (isList && typeof (sources as Iterable<unknown>)[Symbol.iterator] === 'function') {
    return [...(sources as Iterable<unknown>)];
  }
  throw Object.assign(new TypeError('Value cannot be converted to sequence.'), { code: 'ERR_INVALID_ARG_TYPE' });
}

function endingsOf(options: Options | null | undefined): boolean {
  if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function') {
    const message = `The "options" argument must be of type object. ${received(options)}`;
    throw nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
  }
  const endings = `${options?.endings ?? 'transparent'}`;
  if (endings === 'transparent' || endings === 'native') return endings === 'native';
  const message = `The property 'options.endings' is invalid. Received '${endings}'`;
  throw nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', message);
}

const clamped = (value: unknown, length: number): number => {
  const at = Math.trunc(Number(value)) || 0;
  return at < 0 ? Math.max(length + at, 0) : Math.min(at, length);
};

export class Blob {
  constructor(sources: unknown = [], options?: Options | null) {
    const parts = partsOf(sources);
    const isNative = endingsOf(options);
    const bytes = joined(parts.map((part) => bytesOf(part, isNative)));
    states.set(this, { bytes, type: asType(options?.type ?? '') });
  }
  get type(): string {
    return stateOf(this).type;
  }
  get size(): number {
    return stateOf(this).bytes.byteLength;
  }
  slice(start: unknown = 0, end: unknown = undefined, contentType: unknown = ''): Blob {
    const { bytes } = stateOf(this);
    const from = clamped(start, bytes.byteLength);
    const to = end === undefined ? bytes.byteLength : clamped(end, bytes.byteLength);
    const sliced = new Blob();
    // Bytes of a blob never change, so that slices may share them.
    states.set(sliced, { bytes: bytes.subarray(from, Math.max(from, to)), type: asType(contentType) });
    return sliced;
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(stateOf(this).bytes).buffer;
  }
  async text(): Promise<string> {
    return new TextDecoder().decode(stateOf(this).bytes);
  }
  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(stateOf(this).bytes);
  }
  stream(): ReadableStream {
    const { bytes } = stateOf(this);
    let at = 0;
    return new ReadableStream({
      type: 'bytes',
      pull(controller) {
        if (at < bytes.byteLength) controller.enqueue(new Uint8Array(bytes.subarray(at, at + PIECE_BYTES)));
        at += PIECE_BYTES;
        if (at < bytes.byteLength) return;
        controller.close();
        (controller.byobRequest as unknown as { respond(bytes: number): void } | null)?.respond(0);
      },
    });
  }
  textStream(): ReadableStream {
    return this.stream().pipeThrough(new TextDecoderStream() as never);
  }
  [inspectAs](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    return `Blob ${inspect({ size: this.size, type: this.type }, options)}`;
  }
}

type FileState = { readonly name: string; readonly lastModified: number };
const files = new WeakMap<object, FileState>();

function fileOf(file: unknown): FileState {
  const state = files.get(file as object);
  if (state === undefined) throw invalidThis('File');
  return state;
}

export class File extends Blob {
  constructor(...args: readonly [sources: unknown, name: unknown, options?: Options]) {
    if (args.length < 2) {
      const message = 'The "fileBits" and "fileName" arguments must be specified';
      throw nodeError(TypeError, 'ERR_MISSING_ARGS', message);
    }
    const [sources, name, options] = args;
    super(sources, options);
    const { lastModified } = options ?? {};
    const modifiedMs = lastModified === undefined ? Date.now() : +(lastModified as number) || 0;
    files.set(this, { name: `${name}`.toWellFormed(), lastModified: modifiedMs });
  }
  get name(): string {
    return fileOf(this).name;
  }
  get lastModified(): number {
    return fileOf(this).lastModified;
  }
  override [inspectAs](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    const { size, type, name, lastModified } = this;
    return `File ${inspect({ size, type, name, lastModified }, options)}`;
  }
}
Object.defineProperty(File, 'length', { value: 2 });

/** Another of the same bytes, as `structuredClone` gives it; undefined for what is no blob. */
export function copyOfBlob(value: object): Blob | undefined {
  const state = states.get(value);
  if (state === undefined) return undefined;
  const file = files.get(value);
  const copy = file === undefined ? new Blob() : new File([], file.name, { lastModified: file.lastModified });
  states.set(copy, state);
  return copy;
}

function finish(made: { readonly prototype: object }, name: string, members: readonly string[]): void {
  const enumerable = members.map((member) => [member, { enumerable: true }]);
  Object.defineProperties(made.prototype, {
    ...Object.fromEntries(enumerable),
    [Symbol.toStringTag]: { value: name, configurable: true },
  });
}
finish(Blob, 'Blob', ['type', 'size', 'slice', 'arrayBuffer', 'text', 'bytes', 'stream', 'textStream']);
finish(File, 'File', ['name', 'lastModified']);
