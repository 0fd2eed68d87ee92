import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationInterface } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { statementsOf, type Untolerated, untoleratedStatements } from '../testing/untolerated-statements.ts';

/**
 * What may be done all the same: from which version on nothing that can still run relies on what goes, and why. A statement
 * belongs here only when the version before that one is out of use, or was seen to bear it.
 */
const ALLOWED: readonly { readonly statement: string; readonly from: string; readonly why: string }[] = [
  {
    statement: 'ALTER TABLE user_identifiers DROP CONSTRAINT user_identifiers_one_of_a_kind',
    from: '0.1.0',
    why: 'nothing was released before; the next index keeps what it kept for what a profile shows',
  },
  {
    statement: 'CREATE UNIQUE INDEX user_identifiers_in_profile ON user_identifiers (user_id, kind) WHERE in_profile',
    from: '0.1.0',
    why: 'what the constraint before it kept, for fewer rows',
  },
  {
    statement: 'ALTER TABLE tombstones DROP CONSTRAINT tombstones_pkey',
    from: '0.1.0',
    why: 'nothing was released before',
  },
  {
    statement: 'ALTER TABLE tombstones ADD PRIMARY KEY (user_pool_id, kind, value, tombstone_id)',
    from: '0.1.0',
    why: 'wider than the one before',
  },
  {
    statement: 'ALTER TABLE connections ALTER COLUMN user_pool_id DROP NOT NULL',
    from: '0.1.0',
    why: 'only rows of deleted connections have none, and they are found by no pool',
  },
];

const migrations = async (): Promise<readonly MigrationInterface[]> => {
  const files = globSync('[0-9]*.ts', { cwd: import.meta.dirname }).filter((file) => !file.endsWith('.test.ts'));
  const modules = await Promise.all(files.sort().map((file) => import(join(import.meta.dirname, file))));
  return modules.flatMap((module: Record<string, new () => MigrationInterface>) =>
    Object.values(module).map((Migration) => new Migration()),
  );
};

describe('every migration', () => {
  it('only adds, so that replicas of the version before go on working beside the new ones', async () => {
    const all = await migrations();
    expect(all.length).toBeGreaterThanOrEqual(3);
    const found: Untolerated[] = [];
    for (const migration of all) found.push(...untoleratedStatements(await statementsOf(migration)));
    const allowed = new Set(ALLOWED.map(({ statement }) => statement));
    expect(found.filter(({ statement }) => !allowed.has(statement))).toEqual([]);
    // What is allowed and done by nobody is a door left open.
    expect([...allowed].filter((statement) => !found.some((each) => each.statement === statement))).toEqual([]);
  });
});

describe('the check of migrations', () => {
  const whatOf = (...statements: string[]) => untoleratedStatements(statements).map(({ what }) => what);

  it.each([
    ['DROP TABLE users', 'a statement that is not known to be tolerated'],
    ['UPDATE users SET a = 1', 'a statement that is not known to be tolerated'],
    ['DROP INDEX users_by_name', 'a statement that is not known to be tolerated'],
    ['CREATE UNIQUE INDEX x ON users (a)', 'a unique index on an existing table'],
    ['ALTER TABLE users RENAME COLUMN a TO b', 'an existing table: RENAME'],
    ['ALTER TABLE users RENAME TO people', 'an existing table: RENAME'],
    ["ALTER TABLE users ADD COLUMN a text DEFAULT 'x,y', DROP COLUMN b", 'an existing table: DROP COLUMN'],
    ['ALTER TABLE users ALTER COLUMN a SET NOT NULL', 'an existing table: ALTER'],
    ['ALTER TABLE users ALTER COLUMN a TYPE int8', 'an existing table: ALTER'],
    ['ALTER TABLE users ADD CONSTRAINT c CHECK (a > 0)', 'an existing table: ADD CONSTRAINT'],
    ['ALTER TABLE users ADD COLUMN a text NOT NULL', 'an added column that is NOT NULL and has no default'],
    ['ALTER TABLE users ADD COLUMN a uuid UNIQUE', 'an added column that is unique'],
  ])('notices %s', (statement, what) => expect(whatOf(statement)).toEqual([what]));

  it.each([
    "ALTER TABLE users ADD COLUMN a text NOT NULL DEFAULT '' CHECK (a IN ('', 'x')), ADD COLUMN b int8",
    'ALTER TABLE users ALTER COLUMN a SET DEFAULT 1',
    'CREATE INDEX x ON users (a)',
    'CREATE INDEX CONCURRENTLY IF NOT EXISTS x ON users (a, b) WHERE NOT c',
    'SELECT 1 FROM pg_index',
    'CREATE TABLE more (a text NOT NULL UNIQUE)',
  ])('lets %s pass', (statement) => expect(whatOf(statement)).toEqual([]));

  it('leaves a migration free in its own tables, and in no other', () => {
    expect(
      whatOf('CREATE TABLE own (a text)', 'CREATE UNIQUE INDEX x ON own (a)', 'ALTER TABLE own DROP COLUMN a'),
    ).toEqual([]);
  });

  it('leaves it free in columns that it has added, unless others are of the index too', () => {
    const column = 'ALTER TABLE users ADD COLUMN a text, ADD COLUMN b text';
    expect(whatOf(column, 'CREATE UNIQUE INDEX x ON users (a, b) WHERE a IS NOT NULL')).toEqual([]);
    expect(whatOf(column, 'CREATE UNIQUE INDEX x ON users (a, c)')).toHaveLength(1);
  });

  it('refuses a migration that it cannot read', async () => {
    const builder = {
      name: 'Builder',
      up: (runner: { dropTable(name: string): Promise<void> }) => runner.dropTable('users'),
    };
    await expect(statementsOf(builder as never)).rejects.toThrow('query alone');
  });
});
