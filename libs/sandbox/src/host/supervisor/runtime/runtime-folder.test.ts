import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fakeRuntime, temporaryFolder } from '../testing/test-sandbox.ts';
import { ownFolder } from './private-folder.ts';
import { prepareRuntimeFolder } from './runtime-folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
let runtimeFolder: string;
beforeEach(() => {
  folder = temporaryFolder();
  runtimeFolder = fakeRuntime(folder.path);
});
afterEach(() => folder.remove());

// A small file in the place of the Node binary, whose content does not matter here.
const prepare = (stateFolder = join(folder.path, 'state')) =>
  prepareRuntimeFolder({ runtimeFolder, stateFolder, nodeBinary: join(import.meta.dirname, 'native-files.ts') });

const copies = (): string[] => readdirSync(join(folder.path, 'state'));

it('the runtime is copied once, under one name, readable for all and writable for its owner alone', async () => {
  const first = await prepare();
  const second = await prepare();
  expect(second.root).toBe(first.root);
  expect(copies()).toHaveLength(1);
  const file = join(first.root, 'runtime/isolate-host.cjs');
  expect(statSync(file).mode & 0o777).toBe(0o644);
  expect(statSync(join(first.root, 'runtime')).mode & 0o777).toBe(0o755);
});

it('a runtime that was not built is named with the command that builds it', async () => {
  runtimeFolder = join(folder.path, 'nothing');
  await expect(prepare()).rejects.toThrow('run npm run build');
});

it('a runtime that differs from its manifest is refused', async () => {
  writeFileSync(join(runtimeFolder, 'isolate-host.cjs'), 'changed');
  await expect(prepare()).rejects.toThrow('isolate-host.cjs of the sandbox’s runtime differs'.replace('’', "'"));
});

it('a copy that was changed is replaced', async () => {
  const { root } = await prepare();
  const file = join(root, 'runtime/isolate-host.cjs');
  chmodSync(file, 0o644);
  writeFileSync(file, 'changed');
  await prepare();
  expect(statSync(file).size).toBeGreaterThan(100);
  expect(copies()).toHaveLength(1);
});

it.runIf(process.platform === 'linux')('a state folder where none can be made is refused, not tried for ever', () => {
  expect(() => ownFolder('/proc/userferry/state')).toThrow('/proc/userferry');
});

it('a state folder that others can write to, or that is a link, is refused', async () => {
  const open = join(folder.path, 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  await expect(prepare(open)).rejects.toThrow('writable by nobody else');
  symlinkSync(open, join(folder.path, 'link'));
  await expect(prepare(join(folder.path, 'link'))).rejects.toThrow('is not a folder');
});

it('a large file is stored once for all runtimes of a state folder', async () => {
  const nodeBinary = join(folder.path, 'node');
  writeFileSync(nodeBinary, Buffer.alloc(17 * 1024 * 1024, 7));
  const stateFolder = join(folder.path, 'state');
  const first = await prepareRuntimeFolder({ runtimeFolder, stateFolder, nodeBinary });
  writeFileSync(join(folder.path, 'other.mjs'), 'another program');
  runtimeFolder = fakeRuntime(folder.path, join(folder.path, 'other.mjs'));
  const second = await prepareRuntimeFolder({ runtimeFolder, stateFolder, nodeBinary });
  expect(second.root).not.toBe(first.root);
  expect(statSync(join(second.root, 'node')).ino).toBe(statSync(join(first.root, 'node')).ino);
  expect(statSync(join(second.root, 'node')).ino).not.toBe(statSync(nodeBinary).ino);
});

it('a copy that nobody touched for a day is removed, one in use is kept', async () => {
  const old = join(folder.path, 'state', 'sandbox-old');
  const used = join(folder.path, 'state', 'sandbox-used');
  for (const path of [old, used]) mkdirSync(path, { recursive: true, mode: 0o755 });
  chmodSync(join(folder.path, 'state'), 0o755);
  const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
  utimesSync(old, longAgo, longAgo);
  await prepare();
  expect([existsSync(old), existsSync(used)]).toEqual([false, true]);
});

it('a copy that was broken off is removed ten minutes later, one under way is kept', async () => {
  const brokenOff = join(folder.path, 'state', 'sandbox-0.one');
  const underWay = join(folder.path, 'state', 'sandbox-0.other');
  for (const path of [brokenOff, underWay]) mkdirSync(path, { recursive: true, mode: 0o755 });
  chmodSync(join(folder.path, 'state'), 0o755);
  const before = new Date(Date.now() - 11 * 60 * 1000);
  utimesSync(brokenOff, before, before);
  await prepare();
  expect([existsSync(brokenOff), existsSync(underWay)]).toEqual([false, true]);
});

it('a copy of nobody is removed before one is made: a disk that such copies filled has room for it', async () => {
  const stateFolder = join(folder.path, 'state');
  const old = join(stateFolder, 'sandbox-old');
  mkdirSync(old, { recursive: true, mode: 0o755 });
  chmodSync(stateFolder, 0o755);
  const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
  utimesSync(old, longAgo, longAgo);
  // A folder in the place of the binary cannot be copied, as nothing can where there is no room.
  await expect(prepareRuntimeFolder({ runtimeFolder, stateFolder, nodeBinary: folder.path })).rejects.toThrow();
  expect(copies()).toEqual([]);
});

it('a manifest cannot name a file outside its folder', async () => {
  writeFileSync(join(runtimeFolder, 'manifest.json'), JSON.stringify({ files: { '../x': 'a'.repeat(64) } }));
  await expect(prepare()).rejects.toThrow('outside its folder');
});
