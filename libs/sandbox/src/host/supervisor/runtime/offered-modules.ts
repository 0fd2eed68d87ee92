import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { OfferedModule } from '../../../sandbox.ts';

const schema = z.array(z.strictObject({ name: z.string(), version: z.string() }));

/** What scripts may require from this runtime, as its build wrote it down; an older or partial runtime tells nothing. */
export const readOfferedModules = (runtimeFolder: string): readonly OfferedModule[] => {
  try {
    return schema.parse(JSON.parse(readFileSync(join(runtimeFolder, 'guest', 'modules.json'), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};
