/** Small core modules that drivers load and hardly use; scripts cannot require them. */

/** The old `constants`, as far as drivers read it. */
export const constants = { SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS: 0x800 };

function createSocket(): never {
  throw Object.assign(new Error('UDP is not available to scripts'), { code: 'EACCES' });
}

export const dgram = { createSocket };

export const tty = { isatty: () => false };
