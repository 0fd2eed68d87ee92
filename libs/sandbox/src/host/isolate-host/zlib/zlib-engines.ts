/**
 * Node's own compression engines, one step at a time: below Node's streams, which would take as much as they are given,
 * lies a handle that fills one buffer and stops. The guest asks for each step, so nothing piles up here.
 */
import zlib, { constants as C } from 'node:zlib';
import { QuotaExceeded } from '../limits.ts';
import { ZLIB_LIMITS } from './zlib-limits.ts';

type Fields = Readonly<Record<string, unknown>>;
export type OnError = (message: string, errno: number, code: string) => void;
type WriteArguments = readonly [
  flush: number,
  input: Uint8Array,
  inputAt: number,
  inputLength: number,
  output: Uint8Array,
  outputAt: number,
  outputLength: number,
];

/** Node's handle, as its own `zlib` uses it. */
export type Handle = {
  onerror: OnError;
  init(...args: unknown[]): void;
  write(...args: WriteArguments): void;
  writeSync(...args: WriteArguments): void;
  params(level: number, strategy: number): void;
  reset(): void;
  close(): void;
};

export type Engine = {
  readonly handle: Handle;
  /** After a write: room that was left, input that was left. */
  readonly state: Uint32Array;
  /** What it will need at most, by estimate. */
  readonly weight: number;
  /** The highest flush value that its family knows, and the one that says that nothing more comes. */
  readonly flushMax: number;
  readonly flushLast: number;
  /** Whether level and strategy mean something to it. */
  readonly hasParams: boolean;
  /** Called when an asynchronous write is over. */
  onWritten: () => void;
  /** What the engine said went wrong. */
  failure: Error | undefined;
};

type Probe = { readonly _handle: Handle; close(): void };
type Kind = {
  readonly mode: number;
  readonly create: (options: never) => unknown;
  readonly family: 'zlib' | 'brotli' | 'zstd';
};

export const NOTHING = new Uint8Array(0);

const MEBIBYTE = 1024 * 1024;
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['Deflate', { mode: C.DEFLATE, create: zlib.createDeflate, family: 'zlib' }],
  ['Inflate', { mode: C.INFLATE, create: zlib.createInflate, family: 'zlib' }],
  ['Gzip', { mode: C.GZIP, create: zlib.createGzip, family: 'zlib' }],
  ['Gunzip', { mode: C.GUNZIP, create: zlib.createGunzip, family: 'zlib' }],
  ['DeflateRaw', { mode: C.DEFLATERAW, create: zlib.createDeflateRaw, family: 'zlib' }],
  ['InflateRaw', { mode: C.INFLATERAW, create: zlib.createInflateRaw, family: 'zlib' }],
  ['Unzip', { mode: C.UNZIP, create: zlib.createUnzip, family: 'zlib' }],
  ['BrotliCompress', { mode: C.BROTLI_ENCODE, create: zlib.createBrotliCompress, family: 'brotli' }],
  ['BrotliDecompress', { mode: C.BROTLI_DECODE, create: zlib.createBrotliDecompress, family: 'brotli' }],
  ['ZstdCompress', { mode: C.ZSTD_COMPRESS, create: zlib.createZstdCompress, family: 'zstd' }],
  ['ZstdDecompress', { mode: C.ZSTD_DECOMPRESS, create: zlib.createZstdDecompress, family: 'zstd' }],
]);

const numberOr = (value: unknown, otherwise: number): number =>
  Number.isFinite(value) ? (value as number) : otherwise;

function capParameter(value: unknown, max: number, what: string): void {
  if (Number(value) > max) throw new QuotaExceeded(`${what} above ${max} needs more memory than scripts have`);
}

/** Throws `QuotaExceeded` for parameters by which one engine would take hundreds of megabytes. */
function capParameters({ mode }: Kind, params: Fields): void {
  const cap = (key: number, max: number, what: string): void => capParameter(params[String(key)], max, what);
  if (mode === C.BROTLI_ENCODE) {
    cap(C.BROTLI_PARAM_LGWIN, ZLIB_LIMITS.brotliWindowBits, 'A brotli window');
    cap(C.BROTLI_PARAM_LARGE_WINDOW, 0, 'A large brotli window');
  } else if (mode === C.BROTLI_DECODE) {
    cap(C.BROTLI_DECODER_PARAM_LARGE_WINDOW, 0, 'A large brotli window');
  } else if (mode === C.ZSTD_COMPRESS) {
    cap(C.ZSTD_c_compressionLevel, ZLIB_LIMITS.zstdLevel, 'A zstd level');
    cap(C.ZSTD_c_windowLog, ZLIB_LIMITS.zstdWindowLog, 'A zstd window log');
    cap(C.ZSTD_c_hashLog, ZLIB_LIMITS.zstdTableLog, 'A zstd hash log');
    cap(C.ZSTD_c_chainLog, ZLIB_LIMITS.zstdTableLog, 'A zstd chain log');
    cap(C.ZSTD_c_ldmHashLog, ZLIB_LIMITS.zstdTableLog, 'A zstd hash log');
    cap(C.ZSTD_c_nbWorkers, 0, 'A number of zstd workers');
  } else if (mode === C.ZSTD_DECOMPRESS) {
    cap(C.ZSTD_d_windowLogMax, ZLIB_LIMITS.zstdWindowLog, 'A zstd window log');
  }
}

/** What zlib's, brotli's and zstd's manuals say of memory, rounded up; for brotli what usual data needs. */
function weightOf({ mode, family }: Kind, options: Fields, params: Fields): number {
  const param = (key: number, otherwise: number): number => numberOr(params[String(key)], otherwise);
  if (family === 'zlib') {
    const compresses = mode === C.DEFLATE || mode === C.GZIP || mode === C.DEFLATERAW;
    if (!compresses) return 64 * 1024;
    const windowBits = numberOr(options.windowBits, C.Z_DEFAULT_WINDOWBITS);
    return 2 ** (windowBits + 2) + 2 ** (numberOr(options.memLevel, C.Z_DEFAULT_MEMLEVEL) + 9) + 16 * 1024;
  }
  if (mode === C.BROTLI_ENCODE) {
    const bits = param(C.BROTLI_PARAM_LGWIN, 22);
    return bits > 22 ? 16 * MEBIBYTE : MEBIBYTE;
  }
  if (mode !== C.ZSTD_COMPRESS) return MEBIBYTE;
  const level = param(C.ZSTD_c_compressionLevel, C.ZSTD_CLEVEL_DEFAULT);
  const base = level <= 3 ? 4 : level <= 9 ? 16 : level <= 15 ? 48 : 112;
  return base * MEBIBYTE + 2 ** param(C.ZSTD_c_windowLog, 0);
}

function flushesOf({ family }: Kind): Pick<Engine, 'flushMax' | 'flushLast'> {
  if (family === 'zlib') return { flushMax: C.Z_BLOCK, flushLast: C.Z_FINISH };
  if (family === 'zstd') return { flushMax: C.ZSTD_e_end, flushLast: C.ZSTD_e_end };
  return { flushMax: C.BROTLI_OPERATION_EMIT_METADATA, flushLast: C.BROTLI_OPERATION_FINISH };
}

/** A table of parameters as the handles take it: all ones for what is not set. */
function parameterTable(prefix: string, params: Fields): Uint32Array {
  const entries = Object.entries(C as unknown as Record<string, number>);
  const keys = entries.filter(([name]) => name.startsWith(prefix)).map(([, key]) => key);
  const table = new Uint32Array(Math.max(...keys) + 1).fill(-1);
  for (const [key, value] of Object.entries(params)) table[Number(key)] = Number(value);
  return table;
}

function windowBitsOf({ mode }: Kind, windowBits: unknown): number {
  const readsHeader = mode === C.INFLATE || mode === C.GUNZIP || mode === C.UNZIP;
  if (readsHeader && !windowBits) return 0;
  // As in Node: zlib itself refuses the smallest window without a header.
  if (mode === C.DEFLATERAW && windowBits === 8) return 9;
  return numberOr(windowBits, C.Z_DEFAULT_WINDOWBITS);
}

function initArguments(kind: Kind, options: Fields, params: Fields, state: Uint32Array, written: () => void) {
  const { level, memLevel, strategy, windowBits, pledgedSrcSize } = options;
  const dictionary = ArrayBuffer.isView(options.dictionary) ? options.dictionary : undefined;
  if (kind.family === 'zlib') {
    const [bits, effort] = [windowBitsOf(kind, windowBits), numberOr(level, C.Z_DEFAULT_COMPRESSION)];
    const [memory, way] = [numberOr(memLevel, C.Z_DEFAULT_MEMLEVEL), numberOr(strategy, C.Z_DEFAULT_STRATEGY)];
    return [bits, effort, memory, way, state, written, dictionary, options.rejectGarbageAfterEnd === true];
  }
  if (kind.family === 'brotli') return [parameterTable('BROTLI_PARAM_', params), state, written, dictionary];
  const prefix = kind.mode === C.ZSTD_COMPRESS ? 'ZSTD_c_' : 'ZSTD_d_';
  return [parameterTable(prefix, params), pledgedSrcSize, state, written, dictionary];
}

export function errorOf(message: string, errno: number, code: string): Error {
  return Object.assign(new Error(message), { errno, code });
}

/** Keeps what an engine says outside the thread pool for who called it. */
export function listenForFailure(engine: Engine): void {
  const keepFailure: OnError = (message, errno, code) => {
    engine.failure = errorOf(message, errno, code);
  };
  engine.handle.onerror = keepFailure;
}

/** Buffers of the stream that is made only to check the options stay small. */
const SMALL = { chunkSize: 64, readableHighWaterMark: 1, writableHighWaterMark: 1 };

/**
 * Makes an engine. Throws what Node throws for bad options (they are put to Node's own constructor first) or
 * `QuotaExceeded`.
 */
export function createEngine(name: string, options: Fields): Engine {
  const kind = KINDS.get(name);
  if (kind === undefined) throw new TypeError('There is no such kind of compression');
  const probe = kind.create({ ...options, ...SMALL } as never) as Probe;
  const params = (options.params ?? {}) as Fields;
  capParameters(kind, params);
  const state = new Uint32Array(2);
  const handle = new (probe._handle.constructor as new (mode: number) => Handle)(kind.mode);
  const written = (): void => engine.onWritten();
  handle.init(...initArguments(kind, options, params, state, written));
  probe.close();
  const engine: Engine = {
    handle,
    state,
    weight: weightOf(kind, options, params),
    ...flushesOf(kind),
    hasParams: kind.family === 'zlib',
    onWritten: () => undefined,
    failure: undefined,
  };
  return engine;
}
