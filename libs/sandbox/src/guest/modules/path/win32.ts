/** `path.win32`. There are no drives here: relative paths start at the root of none. */
import { notAvailable, validateObject, validateString } from '../node-errors.ts';

type Parsed = { root: string; dir: string; base: string; ext: string; name: string };

const SEPARATORS = /[\\/]/;
const isSeparator = (character: string | undefined): boolean => character === '\\' || character === '/';

/** `\\server\share`, `C:` or nothing; and whether the path goes on from its root. */
function splitRoot(path: string): { device: string; isRooted: boolean; rest: string } {
  const unc = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)/.exec(path);
  if (unc !== null) {
    const [all, server, share] = unc;
    const isDevice = server === '.' || server === '?';
    const device = isDevice ? `\\\\${server}` : `\\\\${server}\\${share}`;
    return { device, isRooted: true, rest: path.slice(isDevice ? 4 : all.length) };
  }
  const drive = /^[a-zA-Z]:/.exec(path)?.[0] ?? '';
  const rest = path.slice(drive.length);
  return { device: drive, isRooted: isSeparator(rest[0]), rest };
}

function withoutDots(rest: string, isRooted: boolean): string {
  const kept: string[] = [];
  for (const part of rest.split(SEPARATORS)) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isRooted) kept.push('..');
  }
  return kept.join('\\');
}

const RESERVED = /^(?:con|prn|aux|nul|com[1-9\xb9\xb2\xb3]|lpt[1-9\xb9\xb2\xb3])$/i;

/** What Windows would read as a drive, though it was none when it was written. */
const isMistakable = (path: string, tail: string): boolean => /^[a-zA-Z]:/.test(tail) || /:(?:$|[\\/])/.test(path);

function normalize(path: string): string {
  validateString(path, 'path');
  if (path === '') return '.';
  if (path.length === 1 && isSeparator(path)) return '\\';
  const { device, isRooted, rest } = splitRoot(path);
  const isWholeShare = device.startsWith('\\\\') && withoutDots(rest, true) === '';
  if (isWholeShare) return `${device}\\`;
  let tail = withoutDots(rest, isRooted);
  if (tail === '' && !isRooted) tail = '.';
  if (tail !== '' && isSeparator(path.at(-1))) tail += '\\';
  if (device === '' && !isRooted && isMistakable(path, tail)) return `.\\${tail}`;
  if (RESERVED.test(path.split(':', 1)[0] as string) && path.includes(':')) return `.\\${device}${tail}`;
  return `${device}${isRooted ? '\\' : ''}${tail}`;
}

const isAbsolute = (path: string): boolean => {
  validateString(path, 'path');
  return isSeparator(path[0]) || /^[a-zA-Z]:[\\/]/.test(path);
};

function join(...parts: string[]): string {
  for (const part of parts) validateString(part, 'path');
  const named = parts.filter((part) => part !== '');
  if (named.length === 0) return '.';
  let joined = named.join('\\');
  // Only a first part that is a share by itself makes one.
  const isShare = /^[\\/]{2}[^\\/]/.test(named[0] as string) && (named[0] as string).length > 2;
  if (!isShare) joined = joined.replace(/^[\\/]{2,}/, '\\');
  return normalize(joined);
}

function resolve(...parts: string[]): string {
  let device = '';
  let tail = '';
  let isRooted = false;
  for (let i = parts.length - 1; i >= 0 && !(isRooted && device !== ''); i--) {
    const part = parts[i] as string;
    validateString(part, `paths[${i}]`);
    if (part === '') continue;
    const split = splitRoot(part);
    if (split.device !== '' && device !== '' && split.device.toLowerCase() !== device.toLowerCase()) continue;
    if (device === '') device = split.device;
    if (isRooted) continue;
    tail = `${split.rest}\\${tail}`;
    isRooted = split.isRooted;
  }
  return `${device}\\${withoutDots(tail, true)}` || '.';
}

const lowered = (path: string): string => path.toLowerCase();

function relative(from: string, to: string): string {
  validateString(from, 'from');
  validateString(to, 'to');
  if (from === to) return '';
  const [start, end] = [resolve(from), resolve(to)];
  if (lowered(start) === lowered(end)) return '';
  const [one, other] = [splitRoot(start), splitRoot(end)];
  if (lowered(one.device) !== lowered(other.device)) return end;
  const parts = (rest: string): string[] => rest.split(SEPARATORS).filter((part) => part !== '');
  const [up, down] = [parts(one.rest), parts(other.rest)];
  let shared = 0;
  while (
    shared < up.length &&
    shared < down.length &&
    lowered(up[shared] as string) === lowered(down[shared] as string)
  ) {
    shared += 1;
  }
  return [...up.slice(shared).map(() => '..'), ...down.slice(shared)].join('\\');
}

function rootOf(path: string): string {
  const { device, isRooted, rest } = splitRoot(path);
  const length = path.length - rest.length;
  return isRooted && isSeparator(rest[0]) ? path.slice(0, length + 1) : path.slice(0, device === '' ? 0 : length);
}

function dirname(path: string): string {
  validateString(path, 'path');
  if (path === '') return '.';
  const root = rootOf(path);
  const body = path.slice(root.length).replace(/[\\/]+$/, '');
  const at = Math.max(body.lastIndexOf('\\'), body.lastIndexOf('/'));
  if (at === -1) return root === '' ? '.' : root;
  return root + body.slice(0, at);
}

const lastPart = (path: string): string =>
  path
    .replace(/[\\/]+$/, '')
    .split(SEPARATORS)
    .at(-1) ?? '';
const withoutDrive = (path: string): string => path.replace(/^[a-zA-Z]:/, '');

function basename(path: string, suffix?: string): string {
  if (suffix !== undefined) validateString(suffix, 'suffix');
  validateString(path, 'path');
  const base = lastPart(withoutDrive(path));
  // As Node has it: a root has no name, but is given whole when a suffix was to be taken off.
  if (base === '' && suffix && suffix.length <= path.length) return withoutDrive(path);
  return suffix !== undefined && suffix !== '' && base !== suffix && base.endsWith(suffix)
    ? base.slice(0, -suffix.length)
    : base;
}

function extensionOf(base: string): string {
  const at = base.lastIndexOf('.');
  return at <= 0 || base === '..' ? '' : base.slice(at);
}

function extname(path: string): string {
  validateString(path, 'path');
  return extensionOf(lastPart(withoutDrive(path)));
}

function parse(path: string): Parsed {
  validateString(path, 'path');
  const root = path === '' ? '' : rootOf(path);
  const base = lastPart(path.slice(root.length));
  const ext = extensionOf(base);
  const body = path.slice(root.length).replace(/[\\/]+$/, '');
  const at = Math.max(body.lastIndexOf('\\'), body.lastIndexOf('/'));
  const dir = at === -1 ? root : root + body.slice(0, at);
  return { root, dir, base, ext, name: ext === '' ? base : base.slice(0, -ext.length) };
}

function format(parts: Partial<Parsed>): string {
  validateObject(parts, 'pathObject');
  const { root = '', name = '', ext = '' } = parts;
  const dir = parts.dir || root;
  const dotted = ext === '' || ext.startsWith('.') ? ext : `.${ext}`;
  const base = parts.base || `${name}${dotted}`;
  if (!dir) return base;
  return dir === root ? `${dir}${base}` : `${dir}\\${base}`;
}

function toNamespacedPath(path: unknown): unknown {
  if (typeof path !== 'string' || path === '') return path;
  const resolved = resolve(path);
  if (resolved.length <= 2) return path;
  if (/^\\\\[^.?]/.test(resolved)) return `\\\\?\\UNC\\${resolved.slice(2)}`;
  return /^[a-zA-Z]:\\/.test(resolved) ? `\\\\?\\${resolved}` : resolved;
}

export const win32 = {
  resolve,
  normalize,
  isAbsolute,
  join,
  relative,
  toNamespacedPath,
  dirname,
  basename,
  extname,
  format,
  parse,
  matchesGlob: notAvailable('path.win32.matchesGlob'),
  sep: '\\',
  delimiter: ';',
};
