import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { completeEnv } from '@userferry/script-contract';
import { readText } from './read-text.ts';

export type Env = Readonly<Record<string, string>>;

type Sources = {
  /** Where names of files start from. */
  readonly folder: string;
  /** Where a `.env` is looked for when nothing was said. */
  readonly besides: string;
  readonly envFrom: string | undefined;
  readonly given: Env | undefined;
};

const fromFile = (path: string, name: string): Env => parseEnv(readText(path, name)) as Env;

/** What a script sees as `env`: of a file, else of the `.env` beside it, and what was given by hand above that. */
export const readEnv = ({ folder, besides, envFrom, given }: Sources): Env => {
  const implied = join(besides, '.env');
  if (envFrom !== undefined) return completeEnv({ ...fromFile(resolve(folder, envFrom), envFrom), ...given });
  if (given !== undefined || !existsSync(implied)) return completeEnv(given ?? {});
  return completeEnv(fromFile(implied, implied));
};

const ADDRESS_FACTS = new Set(['DB_HOST', 'DB_PORT', 'DB_USERNAME', 'DB_DATABASE']);

/** The variables whose values are masked in errors and console lines, as in a real run. */
export const secretNames = (env: Env): readonly string[] => Object.keys(env).filter((name) => !ADDRESS_FACTS.has(name));
