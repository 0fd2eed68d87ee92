import type { Logger } from '@userferry/process';
import type { MadeWithSecret, MissingSecret, UserStore } from '@userferry/user-store';

const WITHOUT_IT: Readonly<Record<MadeWithSecret, string>> = {
  connections: 'their legacy user stores cannot be asked',
  scripts: 'they cannot run',
  'runs of the log history': 'what they said cannot be read',
  'password hashes': 'nobody who has one of them can log in',
};

const lineOf = ({ kind, id, given, what, count }: MissingSecret): string =>
  given === 'none'
    ? `there is no ${kind} "${id}", and ${what} (${count}) were made with it: ${WITHOUT_IT[what]}`
    : `the ${kind} "${id}" is not the one that ${what} (${count}) were made with, or they were altered: ${WITHOUT_IT[what]}; give the one of before, and this one an id of its own`;

/**
 * Says at the start which secrets our store needs and this configuration lacks, as after a restore with the wrong key file.
 * The service starts all the same: whoever does not need them can log in.
 */
export const tellMissingSecrets = async (
  store: Pick<UserStore, 'missingSecrets'>,
  pepperIds: readonly string[],
  log: Pick<Logger, 'error'>,
): Promise<void> => {
  for (const missing of await store.missingSecrets(pepperIds)) log.error({ ...missing }, lineOf(missing));
};
