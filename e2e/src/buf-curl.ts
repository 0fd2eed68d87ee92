import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BUF = fileURLToPath(new URL('../../node_modules/.bin/buf', import.meta.url));

const buf = async (url: string, options: readonly string[]): Promise<string> =>
  (await promisify(execFile)(BUF, ['curl', '--protocol', 'grpc', '--http2-prior-knowledge', ...options, url])).stdout;

/** `buf curl` with nothing but reflection to know us by. */
export const curl = (port: number, path: string, { key = '', data = '' } = {}): Promise<string> =>
  buf(`http://127.0.0.1:${port}${path}`, [
    ...(key === '' ? [] : ['-H', `authorization: Bearer ${key}`]),
    ...(data === '' ? [] : ['-d', data]),
  ]);

/** The methods that a server names by reflection, as `package.Service/Method`. */
export const listMethods = async (port: number): Promise<readonly string[]> =>
  (await buf(`http://127.0.0.1:${port}`, ['--list-methods'])).split('\n').filter((line) => line !== '');

/** What it says of a call that failed. */
export const failure = (call: Promise<string>): Promise<string> =>
  call.then(
    () => 'no failure',
    (error: { stderr: string }) => error.stderr,
  );
