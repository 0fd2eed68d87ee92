import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { closest, makeFolder } from '@userferry/process';
import type { ConnectionMode } from '@userferry/script-contract';
import { LEGACY_STORES, type LegacyStore } from '@userferry/script-templates';
import { callerFolder } from '../config.ts';
import { EXIT } from '../exit-codes.ts';
import { startFiles } from '../init/start-files.ts';
import { SEEDED_STORES } from '../seed/seed.ts';
import { UsageError } from '../usage-error.ts';

export type InitOptions = {
  readonly template: string;
  readonly mode: string;
  readonly typescript?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
};

export const MODES: Readonly<Record<string, ConnectionMode>> = {
  'lazy-migration': 'lazy_migration',
  'custom-user-store': 'custom_user_store',
};

const chosen = (option: string, word: string, words: readonly string[]): string => {
  if (words.includes(word)) return word;
  const meant = closest(word, words);
  throw new UsageError(
    `--${option} ${word} is not known${meant === undefined ? '.' : `: did you mean ${meant}?`} There are ${words.join(', ')}`,
  );
};

const isGenerated = (name: string): boolean => name.startsWith('types/');

const writeInto = (folder: string, name: string, text: string): void => {
  const path = join(folder, name);
  try {
    makeFolder(dirname(path), 0o777);
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`${path} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
};

/** Fills a folder with everything that an author begins with; nothing that is there is written over. */
export const initCommand = async (asked: string, options: InitOptions): Promise<number> => {
  const caller = callerFolder();
  const folder = resolve(caller, asked);
  const store = chosen('template', options.template, LEGACY_STORES) as LegacyStore;
  const mode = MODES[chosen('mode', options.mode, Object.keys(MODES))] ?? 'lazy_migration';
  const files = startFiles({ store, mode, language: options.typescript ? 'typescript' : 'javascript' });
  const there = [...files.keys()].filter((name) => !isGenerated(name) && existsSync(join(folder, name)));
  if (there.length > 0 && !options.force)
    throw new UsageError(
      `${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} there already: --force writes over them`,
    );
  for (const [name, text] of files) writeInto(folder, name, text);
  const shown = [...files.keys()].filter((name) => !isGenerated(name));
  console.log(
    options.json ? JSON.stringify({ folder, files: [...files.keys()] }) : told(relative(caller, folder), shown, store),
  );
  return EXIT.ok;
};

const told = (folder: string, files: readonly string[], store: LegacyStore): string => {
  const seeded = SEEDED_STORES.some((name) => name === store);
  return [
    `✓ ${folder === '' ? 'this folder' : folder} has ${files.join(', ')}, and types/ for your editor`,
    '',
    'next',
    ...(folder === '' ? [] : [`  cd ${folder}`]),
    '  npx userferry check',
    ...(seeded
      ? [
          '  npx userferry test',
          '  npx userferry run login.* --email ada@example.com --seed   # password: ada-Secret-1',
        ]
      : ['  cp .env.example .env   # and fill it in', '  npx userferry run login.* --email YOU@example.com']),
  ].join('\n');
};
