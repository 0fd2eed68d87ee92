import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A step of a migration that the version before might not bear: what it is, and the words of the statement. */
export type Untolerated = { readonly what: string; readonly statement: string };

/** Every statement that a migration executes; one that does anything but `query` cannot be read, and fails. */
export const statementsOf = async (migration: MigrationInterface): Promise<readonly string[]> => {
  const statements: string[] = [];
  const query = async (sql: string) => {
    statements.push(
      sql
        .replace(/--[^\n]*/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    );
    return [];
  };
  const runner = new Proxy({ query } as unknown as QueryRunner, {
    get: (target, name) => {
      if (name === 'query') return target.query;
      throw new Error(`a migration may call query alone, not ${String(name)}: what it does could not be read`);
    },
  });
  await migration.up(runner);
  return statements;
};

/** The commas of a list that are in no brackets and no quotes part it. */
const partsOf = (list: string): readonly string[] => {
  const parts = [''];
  let [depth, quoted] = [0, false];
  for (const letter of list) {
    if (letter === "'") quoted = !quoted;
    if (!quoted) depth += letter === '(' ? 1 : letter === ')' ? -1 : 0;
    if (letter === ',' && depth === 0 && !quoted) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
};

const NAME = '(?:IF (?:NOT )?EXISTS )?(?:ONLY )?"?([\\w.]+)"?';
const CREATE_TABLE = new RegExp(`^CREATE TABLE ${NAME}`, 'i');
const CREATE_INDEX = new RegExp(
  `^CREATE (UNIQUE )?INDEX (?:CONCURRENTLY )?${NAME} ON "?([\\w.]+)"? \\(([^)]*)\\)`,
  'i',
);
const ALTER_TABLE = new RegExp(`^ALTER TABLE ${NAME} (.*)$`, 'i');

/** What of an added column the version before, which does not know it, would trip over. */
const addedColumn = (column: string): string | undefined => {
  if (/\b(UNIQUE|PRIMARY KEY)\b/i.test(column)) return 'an added column that is unique';
  const filled = /\b(DEFAULT|GENERATED|(small|big)?serial)\b/i.test(column);
  return /\bNOT NULL\b/i.test(column) && !filled ? 'an added column that is NOT NULL and has no default' : undefined;
};

const alteration = (action: string): string | undefined => {
  if (/^ADD COLUMN /i.test(action)) return addedColumn(action);
  if (/^ALTER (COLUMN )?"?\w+"? SET DEFAULT /i.test(action)) return undefined;
  const known =
    /^(DROP COLUMN|DROP CONSTRAINT|RENAME|ADD CONSTRAINT|ADD (?:PRIMARY KEY|UNIQUE|CHECK|FOREIGN KEY)|ALTER)\b/i;
  return `an existing table: ${known.exec(action)?.[1]?.toUpperCase() ?? 'something that is not known to be tolerated'}`;
};

/**
 * What a migration does that replicas of the version before, which go on working beside the new ones, might not bear:
 * whatever is not known to add only. Tables that the migration itself makes are its own.
 */
export const untoleratedStatements = (statements: readonly string[]): readonly Untolerated[] => {
  const [own, added] = [new Set<string>(), new Set<string>()];
  return statements.flatMap((statement): readonly Untolerated[] => {
    const created = CREATE_TABLE.exec(statement)?.[1];
    if (created !== undefined) {
      own.add(created);
      return [];
    }
    const [, unique, , indexed = '', columns = ''] = CREATE_INDEX.exec(statement) ?? [];
    // What the version before does not know it does not write.
    if (partsOf(columns).every((column) => added.has(`${indexed}.${column}`))) return [];
    if (indexed !== '')
      return unique !== undefined && !own.has(indexed)
        ? [{ what: 'a unique index on an existing table', statement }]
        : [];
    const [, altered = '', actions = ''] = ALTER_TABLE.exec(statement) ?? [];
    if (own.has(altered)) return [];
    // Looking changes nothing.
    if (/^SELECT\b/i.test(statement)) return [];
    if (altered === '') return [{ what: 'a statement that is not known to be tolerated', statement }];
    return partsOf(actions).flatMap((action) => {
      const column = /^ADD COLUMN (?:IF NOT EXISTS )?"?(\w+)/i.exec(action)?.[1];
      if (column !== undefined) added.add(`${altered}.${column}`);
      const what = alteration(action);
      return what === undefined ? [] : [{ what, statement: `ALTER TABLE ${altered} ${action}` }];
    });
  });
};
