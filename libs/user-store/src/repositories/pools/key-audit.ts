import type { EntityManager } from 'typeorm';
import { type Author, OPERATORS_POOL, writeAudit } from '../history/audit.ts';
import type { ApiKey } from './known-key.ts';

/** What was done to a key, when; `facts` follow its id. */
export type KeyChange = {
  readonly key: Pick<ApiKey, 'id' | 'userPoolId'>;
  readonly at: Date;
  readonly call: 'CreateApiKey' | 'RotateApiKey' | 'RevokeApiKey';
  readonly facts?: readonly string[];
};

/** Adds the entry of a key's change, in its transaction; none where there is no author: whoever asks writes it then. */
export const writeKeyAudit = async (
  manager: EntityManager,
  { key, at, call, facts = [] }: KeyChange,
  author: Author | undefined,
): Promise<void> => {
  if (author === undefined) return;
  const userPoolId = key.userPoolId === '*' ? OPERATORS_POOL : key.userPoolId;
  const target = [`key ${key.id}`, ...facts].join(', ');
  await writeAudit(manager, { userPoolId, at, action: `ApiKeyService/${call}`, target }, author);
};

/** What the audit has of a key that is made. */
export const factsOf = ({ name, role, scopes }: ApiKey): readonly string[] => [
  `name ${name}`,
  `role ${role}`,
  scopes === null ? 'all scopes' : scopes.join(' '),
];
