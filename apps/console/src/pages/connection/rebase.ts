import { type ConnectionDraft, rules } from './connection-draft.ts';
import { type EnvRow, newRow } from './env-draft.ts';

const shownOf = ({ mode, isolation, egress, env, address, hasPassword }: ConnectionDraft): string =>
  JSON.stringify([mode, isolation, rules(egress), env.map(({ name }) => name), address, hasPassword]);

/** Whether two saved versions have the same settings, as far as they may be seen. */
export const isSameSettings = (one: ConnectionDraft, other: ConnectionDraft): boolean =>
  shownOf(one) === shownOf(other);

/** What was changed in the form since `base`, on top of what somebody else has saved meanwhile. */
export const rebase = (draft: ConnectionDraft, base: ConnectionDraft, theirs: ConnectionDraft): ConnectionDraft => ({
  mode: draft.mode === base.mode ? theirs.mode : draft.mode,
  isolation: draft.isolation === base.isolation ? theirs.isolation : draft.isolation,
  address: draft.address.typed === 'nothing' ? theirs.address : draft.address,
  hasPassword: theirs.hasPassword,
  egress: JSON.stringify(rules(draft.egress)) === JSON.stringify(rules(base.egress)) ? theirs.egress : draft.egress,
  env: rebaseRows(draft.env, theirs.env),
});

/** Their variables, with what was typed or removed here, and those that are new here or are gone there. */
const rebaseRows = (rows: readonly EnvRow[], theirs: readonly EnvRow[]): readonly EnvRow[] => {
  const mine = new Map(rows.map((row) => [row.name, row]));
  const names = new Set(theirs.map(({ name }) => name));
  const both = theirs.map((row) => {
    const { value = '', removed = false } = mine.get(row.name) ?? {};
    return { ...row, value, removed };
  });
  const others = rows.filter((row) => !names.has(row.name) && !row.removed && (!row.saved || row.value !== ''));
  return [...both, ...others.map((row) => (row.saved ? { ...newRow(), name: row.name, value: row.value } : row))];
};
