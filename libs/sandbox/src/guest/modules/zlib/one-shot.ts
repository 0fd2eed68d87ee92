/** Compressing and decompressing in one call, at once or with a callback. */
import { Buffer } from '../buffer.ts';
import { invalidArgType, validateFunction } from '../node-errors.ts';
import type { StreamClass } from './classes.ts';
import { type Options, tooLarge } from './options.ts';
import { gatherAll, type ZlibBase } from './zlib-stream.ts';

type Callback = (error: Error | null, result?: unknown) => void;

const DATA = 'of type string or an instance of Buffer, TypedArray, DataView, or ArrayBuffer';

const resultOf = (engine: ZlibBase, buffer: Buffer): unknown => (engine._info ? { buffer, engine } : buffer);

function asBytes(data: unknown): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return data instanceof ArrayBuffer ? Buffer.from(data) : undefined;
}

function bytesOf(data: unknown): Uint8Array {
  const bytes = typeof data === 'string' ? Buffer.from(data) : asBytes(data);
  if (bytes === undefined) throw invalidArgType('buffer', DATA, data);
  return bytes;
}

export const processNow =
  (Stream: StreamClass) =>
  (data: unknown, options?: Options): unknown => {
    const engine = new Stream(options);
    let bytes: Uint8Array;
    try {
      bytes = bytesOf(data);
    } catch (error) {
      engine.destroy();
      throw error;
    }
    return resultOf(engine, engine._processChunk(bytes, engine._finishFlushFlag) as Buffer);
  };

function gather(engine: ZlibBase, callback: Callback): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  const onEnd = (): void => {
    const whole = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, bytes);
    engine.close();
    callback(null, resultOf(engine, whole));
  };
  engine.on('data', (part: Buffer) => {
    parts.push(part);
    bytes += part.length;
    if (bytes <= engine._maxOutputLength) return;
    engine.close();
    engine.removeAllListeners('end');
    callback(tooLarge(engine._maxOutputLength));
  });
  engine.on('error', (error: Error) => {
    engine.removeAllListeners('end');
    callback(error);
  });
  engine.on('end', onEnd);
}

export const processLater =
  (Stream: StreamClass) =>
  (data: unknown, optionsOrCallback: unknown, given?: unknown): void => {
    const isShort = typeof optionsOrCallback === 'function';
    const engine = new Stream((isShort ? {} : optionsOrCallback) as Options | undefined);
    const callback = isShort ? optionsOrCallback : given;
    try {
      validateFunction(callback, 'callback');
      gatherAll(engine);
      gather(engine, callback as Callback);
      engine.end(asBytes(data) ?? data);
    } catch (error) {
      engine.destroy();
      throw error;
    }
  };
