import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'userferry-'));
afterAll(() => rmSync(root, { recursive: true }));

it('makes a folder and those above it, with the mode that was asked for, and again without complaint', () => {
  for (let time = 0; time < 2; time += 1) makeFolder(join(root, 'a/b'), 0o700);
  for (const made of ['a', 'a/b']) expect(statSync(join(root, made)).mode & 0o777).toBe(0o700);
});

it.runIf(process.platform === 'linux').each(['/proc/userferry', '/proc/userferry/deep/er', '/proc/self/fd/x/y'])(
  'fails at %s, where none can be made, instead of trying for ever',
  (folder) => expect(() => makeFolder(folder, 0o700)).toThrow(/ENOENT|EPERM|EACCES/),
);

it('takes neither a file nor a link to nowhere for a folder', () => {
  writeFileSync(join(root, 'file'), '');
  symlinkSync(join(root, 'nowhere'), join(root, 'link'));
  for (const name of ['file', 'link']) expect(() => makeFolder(join(root, name), 0o700)).toThrow('EEXIST');
  expect(() => makeFolder(join(root, 'file/in-it'), 0o700)).toThrow(/EEXIST|ENOTDIR/);
});
