/** Stands in for `test/common/fixtures`: the files that a test names are carried inside its bundle. */
import { files } from 'outside:fixtures';

export const fixturesDir = '/fixtures';

const nameOf = (parts: readonly string[]): string => parts.join('/').replace(/^\/fixtures\//, '');

export const path = (...parts: string[]): string => `${fixturesDir}/${nameOf(parts)}`;
export const fileURL = (...parts: string[]): URL => new URL(`file://${path(...parts)}`);

export const readSync = (name: string | readonly string[], encoding?: BufferEncoding): Buffer | string => {
  const base64 = files[nameOf(typeof name === 'string' ? [name] : name)];
  if (base64 === undefined) throw new Error(`the fixture ${String(name)} is not in the bundle`);
  const bytes = Buffer.from(base64, 'base64');
  return encoding ? bytes.toString(encoding) : bytes;
};

export const readKey = (name: string, encoding?: BufferEncoding): Buffer | string => readSync(`keys/${name}`, encoding);

export const utf8TestText = 'a b \u00e9 \u20ac \u{1f600}\n'.repeat(20);
export const utf8TestTextPath = path('utf8_test_text.txt');
