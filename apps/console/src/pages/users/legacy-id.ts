import type { UserRef } from '@userferry/contracts/json-types';

/** The id that the legacy user store gave, as a script would write it: `7` and `"7"` are two ids. */
export const legacyId = (ref: UserRef | undefined): string | undefined => {
  if (ref?.externalIdString !== undefined) return JSON.stringify(ref.externalIdString);
  return ref?.externalIdNumber === undefined ? undefined : String(ref.externalIdNumber);
};
