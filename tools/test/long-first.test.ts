import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import { LONG, LongFirst } from './long-first.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const specificationOf = (name: string) =>
  ({
    moduleId: join(ROOT, name),
    project: { name: '', config: { sequence: { groupOrder: 0 }, isolate: true } },
  }) as TestSpecification;

it('files that run long although they are short are begun first, then the large ones', async () => {
  const cache = { getTestSpecificationResult: () => undefined };
  const [small, large] = ['tools/test/config.ts', 'tools/test/test-steps.test.ts'];
  const sorted = await new LongFirst({ cache } as unknown as Vitest).sort([small, large, ...LONG].map(specificationOf));
  const names = sorted.map(({ moduleId }) => moduleId.slice(ROOT.length + 1));
  expect(new Set(names.slice(0, LONG.length))).toEqual(new Set(LONG));
  expect(names.slice(LONG.length)).toEqual([large, small]);
});

it.each(LONG)('%s is there to be begun first', (name) => expect(existsSync(join(ROOT, name))).toBe(true));
