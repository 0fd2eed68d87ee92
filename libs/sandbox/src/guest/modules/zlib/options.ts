/** The options of a stream of `zlib`, checked as Node checks them. What its engines need is checked by Node in the host. */
import { invalidArgType, nodeError, outOfRange } from '../node-errors.ts';
import { constant } from './constants.ts';

export type Options = { readonly [option: string]: unknown };
/** Flush values of a family: what `flush()` means by default, and the highest that there is. */
export type Flushes = {
  readonly flush: number;
  readonly finishFlush: number;
  readonly full: number;
  readonly max: number;
};

export type StreamSettings = {
  readonly chunkSize: number;
  readonly flush: number;
  readonly finishFlush: number;
  readonly maxOutputLength: number;
  readonly rejectsGarbage: boolean;
};

/** False when there is no value. */
function isFiniteNumber(value: unknown, name: string): value is number {
  if (value === undefined) return false;
  if (Number.isFinite(value)) return true;
  if (Number.isNaN(value)) return false;
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  throw outOfRange(name, 'a finite number', value);
}

export function inRangeOr(value: unknown, name: string, ...[min, max, otherwise]: [number, number, number]): number {
  if (!isFiniteNumber(value, name)) return otherwise;
  if (value < min || value > max) throw outOfRange(name, `>= ${min} and <= ${max}`, value);
  return value;
}

export function asSettings(options: Options | undefined, { flush, finishFlush, max }: Flushes): StreamSettings {
  const { chunkSize, rejectGarbageAfterEnd, ...given } = options ?? {};
  const size = isFiniteNumber(chunkSize, 'options.chunkSize') ? chunkSize : constant('Z_DEFAULT_CHUNK');
  const least = constant('Z_MIN_CHUNK');
  if (size < least) throw outOfRange('options.chunkSize', `>= ${least}`, size);
  const most = Number.MAX_SAFE_INTEGER;
  const settings = {
    chunkSize: size,
    flush: inRangeOr(given.flush, 'options.flush', 0, max, flush),
    finishFlush: inRangeOr(given.finishFlush, 'options.finishFlush', 0, max, finishFlush),
    maxOutputLength: inRangeOr(given.maxOutputLength, 'options.maxOutputLength', 1, most, most),
  };
  if (rejectGarbageAfterEnd !== undefined && typeof rejectGarbageAfterEnd !== 'boolean') {
    throw invalidArgType('options.rejectGarbageAfterEnd', 'of type boolean', rejectGarbageAfterEnd);
  }
  return { ...settings, rejectsGarbage: rejectGarbageAfterEnd === true };
}

export const tooLarge = (max: number): Error =>
  nodeError(RangeError, 'ERR_BUFFER_TOO_LARGE', `Cannot create a Buffer larger than ${max} bytes`);

export const trailingJunk = (): Error =>
  nodeError(
    TypeError,
    'ERR_TRAILING_JUNK_AFTER_STREAM_END',
    'Trailing junk found after the end of the compressed stream',
  );
