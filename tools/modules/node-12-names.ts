/** What Node 12 documents and Node 24 has no more: scripts written for Node 12 may call it. */
export const NODE_12_NAMES: Readonly<Record<string, readonly string[]>> = {
  buffer: ['SlowBuffer'],
  crypto: ['createCipher', 'createDecipher'],
  timers: ['enroll', 'unenroll', 'active'],
  tls: ['createSecurePair', 'parseCertString'],
  util: [
    'isBoolean',
    'isBuffer',
    'isDate',
    'isError',
    'isFunction',
    'isNull',
    'isNullOrUndefined',
    'isNumber',
    'isObject',
    'isPrimitive',
    'isRegExp',
    'isString',
    'isSymbol',
    'isUndefined',
    'log',
  ],
};
