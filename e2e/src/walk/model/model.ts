import { type Identifier, identifiersOf, keyOf, type Person, type Row, type Tombstone } from './people.ts';

export type Mode = 'LAZY_MIGRATION' | 'CUSTOM_USER_STORE';

/** Ids that were not there before, of both stores. */
export type NewIds = { readonly here: readonly string[]; readonly there: readonly string[] };

const NO_IDS: NewIds = { here: [], there: [] };

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
  /** What the stores called whoever they added since, for those whom the model adds. */
  newIds: NewIds;
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
  newIds: NO_IDS,
});

/** The same state, for a deed that is only supposed to be done; by hand, as `structuredClone` takes ten times as long. */
export const copyOf = (model: Model, newIds = model.newIds): Model => ({
  ...model,
  there: model.there.map((row) => ({ ...row, former: [...row.former] })),
  here: model.here.map((person) => ({ ...person, former: [...person.former] })),
  tombstones: [...model.tombstones],
  conflicts: new Map(model.conflicts),
  ran: [],
  newIds,
});

const byId = (one: { id: string }, other: { id: string }): number => one.id.localeCompare(other.id);

const settled = <T extends { readonly former: readonly string[] }>(whose: T): T => ({
  ...whose,
  former: whose.former.toSorted(),
});

/** A model between two deeds. */
export const atRest = (model: Model): Model => ({ ...model, ran: [], newIds: NO_IDS });

/** To compare models by: the order in which the last deeds were done shows in them no more than in the stores. */
export const inOrder = (model: Model): Model => ({
  ...model,
  there: model.there.map(settled).toSorted(byId),
  here: model.here.map(settled).toSorted(byId),
  tombstones: model.tombstones.toSorted((one, other) => [...one].join().localeCompare([...other].join())),
});

/** Of whom nothing was shown before they were gone. */
const NEVER_SHOWN = 'never shown';

const takeId = (model: Model, store: keyof NewIds): string => {
  const [id = NEVER_SHOWN, ...others] = model.newIds[store];
  model.newIds = { ...model.newIds, [store]: others };
  return id;
};

/** Whether users live in the legacy database alone. */
export const isCustom = ({ mode, isOn }: Model): boolean => isOn && mode === 'CUSTOM_USER_STORE';

/** Whether the legacy database is asked about whom our store does not know. */
export const isMigrating = ({ mode, isOn }: Model): boolean => isOn && mode === 'LAZY_MIGRATION';

type NewRow = Pick<Row, 'profile' | 'password'>;

/** Somebody new in the legacy database. */
export const addRow = (model: Model, { profile, password }: NewRow): Row => {
  const row: Row = { id: takeId(model, 'there'), profile, password, former: [] };
  model.there.push(row);
  return row;
};

/** Somebody new here. */
export const addPerson = (model: Model, { profile, password }: NewRow, legacyId?: string): Person => {
  const person = { id: takeId(model, 'here'), legacyId, profile, password, former: [], aliases: [] };
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
