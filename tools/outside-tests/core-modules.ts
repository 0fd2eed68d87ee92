import { builtinModules } from 'node:module';

/** Node's own modules that scripts may require (see the contract of scripts). */
const OFFERED = new Set([
  'assert',
  'assert/strict',
  'buffer',
  'crypto',
  'dns',
  'dns/promises',
  'events',
  'http',
  'https',
  'net',
  'os',
  'path',
  'path/posix',
  'process',
  'punycode',
  'querystring',
  'stream',
  'stream/promises',
  'string_decoder',
  'timers',
  'timers/promises',
  'tls',
  'url',
  'util',
  'util/types',
  'zlib',
]);

const withoutScheme = (name: string): string => name.replace(/^node:/, '');

export const isCoreModule = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);

/** A module of Node that scripts may require, its name without `node:`. */
export const isOffered = (name: string): boolean => OFFERED.has(withoutScheme(name));

export const coreName = withoutScheme;
