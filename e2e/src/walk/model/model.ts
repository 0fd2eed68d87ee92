import { type Identifier, identifiersOf, keyOf, type Person, type Row, type Tombstone } from './people.ts';

export type Mode = 'LAZY_MIGRATION' | 'CUSTOM_USER_STORE';

/** All that has to be known to say how a call ends. */
export type Model = {
  readonly mode: Mode;
  there: Row[];
  here: Person[];
  tombstones: Tombstone[];
  /** Who has what kept somebody of the legacy database out, by the legacy id and the identifier's key. */
  readonly conflicts: Map<string, string>;
  isOn: boolean;
  isReachable: boolean;
  isLoginBroken: boolean;
  /** The runs of the deed that is predicted now. */
  ran: string[];
  /** How many there ever were. */
  readonly count: { there: number; here: number };
};

export const createModel = (mode: Mode): Model => ({
  mode,
  there: [],
  here: [],
  tombstones: [],
  conflicts: new Map(),
  isOn: true,
  isReachable: true,
  isLoginBroken: false,
  ran: [],
  count: { there: 0, here: 0 },
});

/** Whether users live in the legacy database alone. */
export const isCustom = ({ mode, isOn }: Model): boolean => isOn && mode === 'CUSTOM_USER_STORE';

/** Whether the legacy database is asked about whom our store does not know. */
export const isMigrating = ({ mode, isOn }: Model): boolean => isOn && mode === 'LAZY_MIGRATION';

type NewRow = Pick<Row, 'profile' | 'password'>;

/** Somebody new in the legacy database, which numbers them. */
export const addRow = (model: Model, { profile, password }: NewRow): Row => {
  const row: Row = { id: String(++model.count.there), profile, password, former: [] };
  model.there.push(row);
  return row;
};

/** Somebody new here. */
export const addPerson = (model: Model, { profile, password }: NewRow, legacyId?: string): Person => {
  const person = { id: `u${++model.count.here}`, legacyId, profile, password, former: [], aliases: [] };
  model.here.push(person);
  return person;
};

/** Another password, so that the one before is an old one. */
export const setPassword = (whose: Pick<Person, 'password' | 'former'>, password: string): void => {
  whose.former.push(whose.password);
  whose.password = password;
};

/** By what somebody here is found. */
export const namesOf = ({ profile, aliases }: Person): readonly Identifier[] => [...identifiersOf(profile), ...aliases];

/** Who is here out of the legacy database, by their id there. */
export const movedFrom = ({ here }: Model, rowId: string): Person | undefined =>
  here.find(({ legacyId }) => legacyId === rowId);

export const holderOf = (model: Model, identifier: Identifier): Person | undefined =>
  model.here.find((person) => namesOf(person).some((name) => keyOf(name) === keyOf(identifier)));

export const isTombstoned = ({ tombstones }: Model, keys: readonly string[]): boolean =>
  tombstones.some((tombstone) => keys.some((key) => tombstone.has(key)));
