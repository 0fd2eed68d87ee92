import base from 'path-browserify';
import { notAvailable, validateObject, validateString } from './node-errors.ts';
import { win32 } from './path/win32.ts';

type Parts = { dir?: string; root?: string; base?: string; name?: string; ext?: string };

/** As Node has it since 19: an extension gets its dot. */
function format(parts: Parts): string {
  validateObject(parts, 'pathObject');
  const { root = '', name = '', ext = '' } = parts;
  const dir = parts.dir || root;
  const file = parts.base || `${name}${ext === '' || ext.startsWith('.') ? ext : `.${ext}`}`;
  if (!dir) return file;
  return dir === root ? `${dir}${file}` : `${dir}/${file}`;
}

/** The package's functions, with Node's errors for what is no text. */
function checked<Args extends unknown[], Result>(
  method: (...args: Args) => Result,
  names: readonly string[],
): (...args: Args) => Result {
  return (...args) => {
    const count = Math.max(args.length, names.length === 1 ? 1 : names.length);
    for (let i = 0; i < count; i++) validateString(args[i], names[i] ?? (names.length === 0 ? 'path' : `paths[${i}]`));
    return method(...args);
  };
}

function basename(path: string, suffix?: string): string {
  if (suffix !== undefined) validateString(suffix, 'suffix');
  validateString(path, 'path');
  return base.basename(path, suffix);
}

const posix = {
  ...base,
  basename,
  dirname: checked(base.dirname, ['path']),
  extname: checked(base.extname, ['path']),
  format,
  isAbsolute: checked(base.isAbsolute, ['path']),
  join: checked(base.join, []),
  matchesGlob: notAvailable('path.matchesGlob'),
  normalize: checked(base.normalize, ['path']),
  parse: checked(base.parse, ['path']),
  relative: checked(base.relative, ['from', 'to']),
  toNamespacedPath: (path: unknown) => path,
};
export const path = Object.assign(posix, { posix, win32: Object.assign(win32, { posix, win32 }) });
