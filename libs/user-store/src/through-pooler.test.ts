import { globSync } from 'node:fs';
import { hasPgbouncer } from '@userferry/local-databases';
import { useTestPooler } from '@userferry/testing';
import { describe } from 'vitest';

/** What needs no database, brings a pooler or a replica of its own, or counts connections, of which a pooler keeps some. */
const OTHERS =
  /^(growth|statements)\/|^secrets\/sealing\.|^(through-pooler|pooled-limits|late-reads|client-of-one-chance|open-user-store|store-failures)\./;
const suites = globSync('**/*.test.ts', { cwd: import.meta.dirname }).filter((name) => !OTHERS.test(name));

describe.skipIf(!hasPgbouncer())('the store through PgBouncer', () => {
  useTestPooler();
  for (const name of suites.sort()) describe(name, () => import(`${import.meta.dirname}/${name}`));
});
