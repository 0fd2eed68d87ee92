/** `zlib`: the streams and calls are ours, the engines are Node's own in the host, so bytes and errors are the same. */
import { classes, type StreamClass } from './zlib/classes.ts';
import { codes, constants } from './zlib/constants.ts';
import { crc32 } from './zlib/crc32.ts';
import { processLater, processNow } from './zlib/one-shot.ts';
import type { Options } from './zlib/options.ts';

const named = <T extends object>(name: string, value: T): T => Object.defineProperty(value, 'name', { value: name });

/** The functions of one class: `createGzip`, `gzip`, `gzipSync`. */
function functionsOf([name, Stream]: [string, StreamClass]): [string, unknown][] {
  const call = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const create = (options?: Options) => new Stream(options);
  return [
    [`create${name}`, named(`create${name}`, create)],
    [call, named('asyncBufferWrapper', processLater(Stream))],
    [`${call}Sync`, named('syncBufferWrapper', processNow(Stream))],
  ];
}

function createModule(): Record<string, unknown> {
  const made: Record<string, unknown> = { crc32, ...classes };
  Object.assign(made, Object.fromEntries(Object.entries(classes).flatMap(functionsOf)));
  const fixed = { enumerable: true, writable: false };
  Object.defineProperties(made, { constants: { ...fixed, value: constants }, codes: { ...fixed, value: codes } });
  for (const [name, value] of Object.entries(constants)) {
    if (!name.startsWith('BROTLI')) Object.defineProperty(made, name, { value, enumerable: false, writable: false });
  }
  return made;
}

export const zlib = createModule();
