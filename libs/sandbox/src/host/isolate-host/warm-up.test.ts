/** What an isolate host does before anybody wants it. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadRuntimeFiles } from './runtime-files.ts';
import { createSlotMaker } from './slot-maker.ts';
import { warmUp } from './warm-up.ts';

it('a run that nobody asked for ends well, and its isolate with it', async () => {
  const files = loadRuntimeFiles(join(import.meta.dirname, '../../../dist/runtime'));
  const maker = createSlotMaker({ files, onCatastrophe: () => undefined, onStuck: () => undefined });
  const isolates: { isDisposed(): boolean }[] = [];
  const create = async (want: Parameters<typeof maker.create>[0]) => {
    const slot = await maker.create(want);
    isolates.push(slot);
    return slot;
  };
  expect(await warmUp({ files, maker: { ...maker, create } })).toBe('completed');
  expect(isolates.map(({ isDisposed }) => isDisposed())).toEqual([true]);
});
