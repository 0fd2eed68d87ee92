import type { LegacyDeed } from '../deed.ts';
import { addRow, type Model, setPassword } from './model.ts';
import type { Row } from './people.ts';
import { rowOf } from './scripts.ts';

/** Whom a deed at once has removed is changed no more. */
const withRow = (model: Model, id: string, change: (row: Row) => void): void => {
  const row = rowOf(model, { kind: 'legacy id', value: id });
  if (row !== undefined) change(row);
};

/** What others change in the legacy database. */
export const changeThere = (model: Model, deed: LegacyDeed): void => {
  switch (deed.call) {
    case 'legacy: add':
      addRow(model, deed);
      return;
    case 'legacy: set password':
      withRow(model, deed.id, (row) => setPassword(row, deed.password));
      return;
    case 'legacy: set e-mail':
    case 'legacy: block': {
      const { call: _, id, ...changes } = deed;
      withRow(model, id, (row) => {
        row.profile = { ...row.profile, ...changes };
      });
      return;
    }
    case 'legacy: remove':
      model.there = model.there.filter(({ id }) => id !== deed.id);
      return;
    default:
      model.isReachable = deed.call === 'legacy: comes back';
  }
};
