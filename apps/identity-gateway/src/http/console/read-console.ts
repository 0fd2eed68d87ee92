import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

/** A file of the console's page, as it is sent. */
export type ConsoleFile = {
  readonly bytes: Buffer;
  /** Smaller, for browsers that take it: made when it is first asked for; undefined where it is not smaller. */
  readonly brotli: () => Promise<Buffer | undefined>;
  readonly type: string;
  /** Its name changes with its contents: it may be kept for ever. */
  readonly immutable: boolean;
};

/** The built page; `files` by their path below the folder. */
export type ConsolePages = { readonly index: string; readonly files: ReadonlyMap<string, ConsoleFile> };

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** As Vite names what it hashes. */
const HASHED = /^assets\/.+-[\w-]{8}\.\w+$/;

/** What the page itself is never asked for. */
const LEFT_OUT = new Set(['index.html', 'manifest.json']);

/**
 * Reads the built console into memory: what is not there at the start is not served later, and no path that somebody asks
 * for ever reaches the disk. `undefined`: there is none.
 */
export const readConsole = (folder: string): ConsolePages | undefined => {
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return undefined;
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !LEFT_OUT.has(path) && TYPES[extname(path)] !== undefined);
  return { index: readFileSync(index, 'utf8'), files: new Map(paths.map((path) => [path, readFile(folder, path)])) };
};

const compress = promisify(brotliCompress);

const smaller = async (bytes: Buffer): Promise<Buffer | undefined> => {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 6 };
  const brotli = await compress(bytes, { params });
  return brotli.length < bytes.length ? brotli : undefined;
};

const readFile = (folder: string, path: string): ConsoleFile => {
  const bytes = readFileSync(join(folder, path));
  let brotli: ReturnType<typeof smaller> | undefined;
  return {
    bytes,
    brotli: () => (brotli ??= smaller(bytes)),
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    immutable: HASHED.test(path),
  };
};
