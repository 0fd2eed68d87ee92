import { SEEDED_STORES } from './seed.ts';

/**
 * The words of a command line, with `--seed` before a file read as `--seed` alone (`--seed=`): the store is optional, and the file's name
 * would else be taken for it. What is neither a store nor looks like a file stays, and is told as no store.
 */
export const seedAlone = (words: readonly string[], exists: (word: string) => boolean): string[] =>
  words.map((word, index) => {
    const next = words[index + 1] ?? '';
    const isStore = (SEEDED_STORES as readonly string[]).includes(next);
    const isFile = !next.startsWith('-') && (/[./\\]/.test(next) || exists(next));
    return word === '--seed' && isFile && !isStore ? '--seed=' : word;
  });
