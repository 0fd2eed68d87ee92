import { ADDRESS_VARIABLES } from '@userferry/script-contract';

/** A variable of the company's own. A saved one has a value that nobody is shown; it stays unless another is typed. */
export type EnvRow = {
  readonly key: number;
  readonly name: string;
  readonly value: string;
  readonly saved: boolean;
  readonly removed: boolean;
};

let lastKey = 0;

export const savedRow = (name: string): EnvRow => ({ ...newRow(), name, saved: true });

export const newRow = (): EnvRow => {
  lastKey += 1;
  return { key: lastKey, name: '', value: '', saved: false, removed: false };
};

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** What is wrong with a row's name, or nothing. */
export const nameProblem = (rows: readonly EnvRow[], row: EnvRow): string | undefined => {
  if (row.saved || row.removed || (row.name === '' && row.value === '')) return undefined;
  if (!NAME.test(row.name)) return 'A name is made of A–Z, a–z, 0–9 and _, and does not begin with a digit.';
  if ((ADDRESS_VARIABLES as readonly string[]).includes(row.name)) return 'This name is filled in from the address.';
  const same = rows.filter((other) => !other.removed && other.name === row.name);
  return same.length > 1 ? 'Another variable has this name.' : undefined;
};

const isBlank = ({ saved, name, value }: EnvRow): boolean => !saved && name === '' && value === '';

/** What is sent: new values, and the names whose saved values stay. */
export const envChanges = (rows: readonly EnvRow[]) => {
  const there = rows.filter((row) => !row.removed && !isBlank(row));
  const typed = there.filter((row) => !row.saved || row.value !== '');
  return {
    env: Object.fromEntries(typed.map(({ name, value }) => [name, value])),
    keepEnvNames: there.filter((row) => row.saved && row.value === '').map(({ name }) => name),
    changed: typed.length > 0 || rows.some((row) => row.saved && row.removed),
  };
};
