/** Small core modules that drivers load and hardly use; scripts cannot require them. */

import { notAvailable } from '../not-available.ts';

/** The old `constants`, as far as drivers read it. */
export const constants = { SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS: 0x800 };

function createSocket(): never {
  throw notAvailable('UDP is not available to scripts');
}

export const dgram = { createSocket };

export const tty = { isatty: () => false };

const unavailable = (what: string) => (): never => {
  throw Object.assign(new Error(`${what} is not available to scripts`), { code: 'ERR_UNAVAILABLE' });
};

/** Loaded by drivers that never get as far as calling it. */
export const childProcess = { spawn: unavailable('child_process.spawn') };
/** In its place: drivers load it for what they seldom do. */
export const http2 = { connect: unavailable('http2.connect'), constants: {} };
