import { join } from 'node:path';
import { casesIn } from '../cases/cases-in.ts';
import { readYaml } from '../cases/yaml-file.ts';
import { DEFAULT_STORE } from './seed.ts';

/**
 * The store that the cases of a folder are for, and with them its scripts and `schema.sql`: what is meant where nobody names one.
 * Throws a UsageError where they cannot be read.
 */
export const storeOfCases = (folder: string): string => {
  const name = casesIn(folder);
  if (name === undefined) return DEFAULT_STORE;
  const value = readYaml(join(folder, name), name).value as { readonly seed?: unknown } | null;
  return typeof value?.seed === 'string' ? value.seed : DEFAULT_STORE;
};
