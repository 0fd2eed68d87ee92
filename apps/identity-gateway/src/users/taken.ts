import { type Identifier, identifierKey } from '@userferry/user-model';
import { type Rejected, USER_EXISTS, USER_TOMBSTONED } from '../outcome/rejected.ts';
import type { Undecided } from '../outcome/undecided.ts';
import type { Asked } from './ask-script.ts';
import { type Resolved, resolveLegacy } from './resolve-user.ts';
import { queryOfIdentifiers } from './user-selector.ts';
import type { Standing } from './user-verdict.ts';

/** What stands against somebody having identifiers, by what our store knows of each. */
export const takenHere = (standings: readonly Standing[]): Rejected | undefined => {
  if (standings.includes('stored')) return USER_EXISTS;
  return standings.includes('tombstoned') ? USER_TOMBSTONED : undefined;
};

/** A user whom the legacy user store knows; `stored` once they are here. */
export type KnownThere = Extract<Resolved, { step: 'stored' | 'legacy' }>;

/** As typed, and as our store compares it: the legacy user store may know either, and to us they are the same. */
const spellings = (typed: Identifier): readonly Identifier[] => {
  const compared = { ...typed, value: identifierKey(typed) };
  return compared.value === typed.value ? [typed] : [typed, compared];
};

/**
 * What stands against somebody having these identifiers here: another user of the legacy user store, who would be shut out.
 * It is asked for each by itself, since a row that is deleted there and has one would hide whoever has another.
 */
export const takenThere = async (
  identifiers: readonly Identifier[],
  asked: Asked,
  isTheirs: (there: KnownThere) => boolean = () => false,
): Promise<Rejected | Undecided | undefined> => {
  for (const identifier of identifiers.flatMap(spellings)) {
    const there = await resolveLegacy(queryOfIdentifiers([identifier]), asked);
    if (there.step === 'unknown') continue;
    if (there.step === 'tombstoned') return USER_TOMBSTONED;
    if (there.step !== 'stored' && there.step !== 'legacy') return there;
    if (!isTheirs(there)) return USER_EXISTS;
  }
  return undefined;
};
