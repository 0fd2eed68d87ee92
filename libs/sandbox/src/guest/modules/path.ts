import * as base from 'path-browserify';

const posix = { ...base };
export const path = Object.assign(posix, { posix });
