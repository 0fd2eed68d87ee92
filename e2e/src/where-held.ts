import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which of the values a text holds, whatever their case. */
export const heldIn = (text: string, values: readonly string[]): readonly string[] => {
  const folded = text.toLowerCase();
  return values.filter((value) => folded.includes(value.toLowerCase()));
};

/** Which of the values any file below a folder holds, byte by byte: a database's pages, its write-ahead log, key files. */
export const heldInFiles = (folder: string, values: readonly string[]): readonly string[] => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const found = new Set<string>();
  for (const { parentPath, name } of files) {
    const bytes = readFileSync(join(parentPath, name));
    for (const value of values) if (bytes.includes(value)) found.add(value);
  }
  return [...found];
};
