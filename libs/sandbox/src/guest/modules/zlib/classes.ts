/** The classes of `zlib`. As ever in Node, those that are older than classes can be called without `new`. */
import { nextTick } from '../../ticks.ts';
import { constant } from './constants.ts';
import { type Flushes, inRangeOr, type Options } from './options.ts';
import { engineOf, ZlibBase } from './zlib-stream.ts';

const FAMILIES = {
  zlib: ['Z_NO_FLUSH', 'Z_FINISH', 'Z_FULL_FLUSH', 'Z_BLOCK'],
  brotli: [
    ...['BROTLI_OPERATION_PROCESS', 'BROTLI_OPERATION_FINISH'],
    ...['BROTLI_OPERATION_FLUSH', 'BROTLI_OPERATION_EMIT_METADATA'],
  ],
  zstd: ['ZSTD_e_continue', 'ZSTD_e_end', 'ZSTD_e_flush', 'ZSTD_e_end'],
} as const;

function flushesOf(family: keyof typeof FAMILIES): Flushes {
  const [flush = 0, finishFlush = 0, full = 0, max = 0] = FAMILIES[family].map(constant);
  return { flush, finishFlush, full, max };
}

class Zlib extends ZlibBase {
  declare _level: number | undefined;
  declare _strategy: number | undefined;
  constructor(name: string, options: Options | undefined, family: 'zlib' | 'brotli' = 'zlib') {
    super(name, options, flushesOf(family));
    if (family === 'brotli') return;
    const { level, strategy } = options ?? {};
    this._level = Number.isFinite(level) ? (level as number) : constant('Z_DEFAULT_COMPRESSION');
    this._strategy = Number.isFinite(strategy) ? (strategy as number) : constant('Z_DEFAULT_STRATEGY');
  }

  /** Takes effect once everything that was written before is out. */
  params(level: number, strategy: number, callback?: () => void): void {
    inRangeOr(level, 'level', constant('Z_MIN_LEVEL'), constant('Z_MAX_LEVEL'), 0);
    inRangeOr(strategy, 'strategy', constant('Z_DEFAULT_STRATEGY'), constant('Z_FIXED'), 0);
    if (this._level === level && this._strategy === strategy) {
      nextTick(callback as () => void);
      return;
    }
    this.flush(constant('Z_SYNC_FLUSH'), () => {
      engineOf(this).params(level, strategy);
      if (this.destroyed) return;
      this._level = level;
      this._strategy = strategy;
      callback?.();
    });
  }
}

class Brotli extends Zlib {
  constructor(name: string, options: Options | undefined) {
    super(name, options, 'brotli');
  }
}

class Zstd extends ZlibBase {
  constructor(name: string, options: Options | undefined) {
    super(name, options, flushesOf('zstd'));
  }
}

export type StreamClass = new (options?: Options) => ZlibBase;

/** A class that makes an object whether or not it is called with `new`. */
function callable(name: string, base: new (name: string, options: Options | undefined) => ZlibBase): StreamClass {
  const made = {
    [name]: function (this: unknown, options?: Options): object {
      return Reflect.construct(base, [name, options], new.target ?? (made as unknown as StreamClass));
    },
  }[name] as unknown as StreamClass;
  Object.setPrototypeOf(made, base);
  const prototype = Object.create(base.prototype, {
    constructor: { value: made, writable: true, configurable: true },
  });
  Object.defineProperty(made, 'prototype', { value: prototype, writable: false });
  return made;
}

const zlibNames = ['Deflate', 'Inflate', 'Gzip', 'Gunzip', 'DeflateRaw', 'InflateRaw', 'Unzip'] as const;
const brotliNames = ['BrotliCompress', 'BrotliDecompress'] as const;

class ZstdCompress extends Zstd {
  constructor(options?: Options) {
    super('ZstdCompress', options);
  }
}
class ZstdDecompress extends Zstd {
  constructor(options?: Options) {
    super('ZstdDecompress', options);
  }
}

type Name = (typeof zlibNames)[number] | (typeof brotliNames)[number] | 'ZstdCompress' | 'ZstdDecompress';

export const classes = Object.fromEntries([
  ...zlibNames.map((name) => [name, callable(name, Zlib)]),
  ...brotliNames.map((name) => [name, callable(name, Brotli)]),
  ['ZstdCompress', ZstdCompress],
  ['ZstdDecompress', ZstdDecompress],
]) as Readonly<Record<Name, StreamClass>>;
