import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

const RELATIVE_IMPORT = /(\bfrom\s*)'(\.{1,2}\/[^']+\.ts)'/g;

const asDataUrl = (code: string): string => `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;

/** Node warns at the first use that stripping on request is experimental; the version that runs here is ours to choose. */
const stripTypes = (code: string): string => {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(code);
  } finally {
    process.emitWarning = emitWarning;
  }
};

const strip = (file: URL): string => {
  const code = stripTypes(readFileSync(file, 'utf8'));
  return code.replace(
    RELATIVE_IMPORT,
    (_, from: string, path: string) => `${from}'${asDataUrl(strip(new URL(path, file)))}'`,
  );
};

const prepared = new Map<string, URL>();

/**
 * What to start a worker thread or a process of ours from. One that loads TypeScript itself brings its own copy of the
 * compiler (measured: 10 MB and 50 ms more for each); so types are stripped here, once. A file that is JavaScript already,
 * as in a bundled service, is used as it is. The entry imports nothing but Node's own modules and neighbours.
 */
export const programSource = (entry: URL): URL => {
  if (!entry.pathname.endsWith('.ts')) return entry;
  const source = prepared.get(entry.href) ?? new URL(asDataUrl(strip(entry)));
  prepared.set(entry.href, source);
  return source;
};
