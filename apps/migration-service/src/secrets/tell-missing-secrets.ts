import type { Logger } from '@userferry/process';
import type { UserStore } from '@userferry/user-store';

/**
 * Says at the start which secrets our store needs and this configuration lacks, as after a restore with the wrong key file.
 * The service starts all the same: whoever does not need them can log in.
 */
export const tellMissingSecrets = async (
  store: Pick<UserStore, 'missingSecrets'>,
  pepperIds: readonly string[],
  log: Pick<Logger, 'error'>,
): Promise<void> => {
  for (const { kind, id, what, count } of await store.missingSecrets(pepperIds))
    log.error(
      { kind, id, what, count },
      `there is no ${kind} "${id}", and ${what} (${count}) were made with it: nobody who needs them can log in`,
    );
};
