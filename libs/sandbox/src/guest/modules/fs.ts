/** `fs` for drivers that look for files (key files, `.pgpass`): there are none. Scripts cannot require it. */
import { nextTick } from '../ticks.ts';

function missing(path: unknown): Error {
  const error = new Error(`ENOENT: no such file or directory, open '${String(path)}'`);
  return Object.assign(error, { code: 'ENOENT', errno: -2, syscall: 'open', path });
}

const fail = (path: unknown): never => {
  throw missing(path);
};
const failLater = (path: unknown, ...rest: unknown[]): void => {
  const callback = rest[rest.length - 1];
  if (typeof callback === 'function') nextTick(callback as () => void, missing(path));
};
const reject = async (path: unknown): Promise<never> => fail(path);

const promises = { readFile: reject, writeFile: reject, stat: reject, lstat: reject, access: reject, open: reject };

export const fs = {
  promises,
  constants: {},
  existsSync: () => false,
  readFileSync: fail,
  writeFileSync: fail,
  statSync: fail,
  lstatSync: fail,
  readdirSync: fail,
  accessSync: fail,
  openSync: fail,
  createReadStream: fail,
  createWriteStream: fail,
  readFile: failLater,
  writeFile: failLater,
  stat: failLater,
  lstat: failLater,
  access: failLater,
  open: failLater,
};
