import { createHmac } from 'node:crypto';
import type { UserStore } from '@userferry/user-store';
import type { Ring } from './parse-ring.ts';

/** Another hash than that of passwords, which nobody can choose so that theirs becomes this. Tells nothing of 32 random bytes. */
const checkOf = (id: string, pepper: Buffer): Buffer =>
  createHmac('sha256', pepper).update(`userferry:pepper-check:v1:${id}`).digest();

const refusal = (ids: readonly string[]): Error => {
  const named = ids.map((id) => `"${id}"`).join(', ');
  return new Error(
    `not the pepper that our store knows under its id: ${named}. Right passwords would be refused with it, and those that are hashed now would be lost. Give the pepper of before under this id, and another one an id of its own; docs/backup.md, "When a secret is missing", says what else can be done`,
  );
};

/**
 * Refuses a pepper that is not the one which an earlier start was given under the same id; notes those that are new.
 * @throws Error that names the ids, and nothing of the secrets; ServiceError STORE_UNAVAILABLE
 */
export const refuseOtherPeppers = async (
  store: Pick<UserStore, 'otherPeppers'>,
  { secrets }: Pick<Ring, 'secrets'>,
): Promise<void> => {
  const others = await store.otherPeppers(new Map([...secrets].map(([id, pepper]) => [id, checkOf(id, pepper)])));
  if (others.length > 0) throw refusal(others);
};
