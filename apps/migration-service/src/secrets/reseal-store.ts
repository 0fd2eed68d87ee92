import { type ResealProgress, type ResealResult, resealAll } from '@userferry/user-store';
import type { readResealConfig } from '../config.ts';
import { loadSecrets } from './load-secrets.ts';

export type ResealConfig = ReturnType<typeof readResealConfig>;

const progressLine = ({ table, done, total }: ResealProgress): string => `${table}: ${done} of ${total}`;

const lastLines = ({ resealed, left }: ResealResult, currentId: string): readonly string[] => [
  `${resealed} values sealed anew with the key "${currentId}"`,
  ...left.map(({ table, keyId, count }) => `${table}: ${count} values are still sealed with the key "${keyId}"`),
  left.length === 0
    ? 'nothing is sealed with another key: the others can be taken out of the configuration'
    : 'put the keys that are missing into the configuration, or run this again if services still seal with them',
];

/**
 * Seals everything in our store with the current key, while the services run, and prints how far it is. Returns whether
 * the other keys can go.
 * @throws ServiceError STORE_UNAVAILABLE, Error about keys; never with a value
 */
export const resealStore = async (config: ResealConfig, print: (line: string) => void): Promise<boolean> => {
  const { encryptionKeys } = loadSecrets(config.secrets);
  const { currentId: currentKeyId, secrets: keys } = encryptionKeys;
  const result = await resealAll({
    ...config.database,
    keyRing: { currentKeyId, keys },
    onProgress: (progress) => print(progressLine(progress)),
  });
  for (const line of lastLines(result, currentKeyId)) print(line);
  return result.left.length === 0;
};
