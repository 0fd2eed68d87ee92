import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** Short files that run long. Where nobody knows how long files took, vitest begins the large ones first. */
export const LONG = [
  // all the tests of the store once more
  'libs/user-store/src/through-pooler.test.ts',
  'e2e/src/call-table.test.ts',
  'e2e/src/walk/random-walk.test.ts',
  'e2e/src/isolate-host-crash.test.ts',
  'e2e/src/crash.test.ts',
  'tools/docs/tutorial.test.ts',
];

const isLong = ({ moduleId }: Pick<TestSpecification, 'moduleId'>): boolean =>
  LONG.some((name) => moduleId.endsWith(`/${name}`));

/** Begins the files that run long first: one that is begun last runs on alone. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
