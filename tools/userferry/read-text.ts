import { readFileSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

// Whatever else it is written in would be read as other letters, or as none of the names that it has.
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a file of the author's, without a byte order mark; `name` is how they named it. */
export const readText = (path: string, name: string): string => {
  const bytes = bytesOf(path, name);
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new UsageError(`${name} is not in UTF-8: save it so, or the text in it is another one`);
  }
};

const bytesOf = (path: string, name: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${name} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
};
