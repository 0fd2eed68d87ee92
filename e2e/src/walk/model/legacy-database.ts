import type { LegacyDeed } from '../deed.ts';
import { addRow, type Model, setPassword } from './model.ts';
import type { Row } from './people.ts';
import { rowOf } from './scripts.ts';

const rowById = (model: Model, id: string): Row => {
  const row = rowOf(model, { kind: 'legacy id', value: id });
  if (row === undefined) throw new Error(`nobody in the legacy database has the id ${id}`);
  return row;
};

/** What others change in the legacy database. */
export const changeThere = (model: Model, deed: LegacyDeed): void => {
  switch (deed.call) {
    case 'legacy: add':
      addRow(model, deed);
      return;
    case 'legacy: set password':
      setPassword(rowById(model, deed.id), deed.password);
      return;
    case 'legacy: set e-mail':
    case 'legacy: block': {
      const { call: _, id, ...changes } = deed;
      const row = rowById(model, id);
      row.profile = { ...row.profile, ...changes };
      return;
    }
    case 'legacy: remove':
      model.there = model.there.filter(({ id }) => id !== deed.id);
      return;
    default:
      model.isReachable = deed.call === 'legacy: comes back';
  }
};
