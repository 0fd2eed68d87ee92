import { type ResealProgress, type ResealResult, resealAll, type UnopenedValue } from '@userferry/user-store';
import type { readResealConfig } from '../config.ts';
import { readKeyFile } from './key-file.ts';

export type ResealConfig = ReturnType<typeof readResealConfig>;

const progressLine = ({ table, done, total }: ResealProgress): string => `${table}: ${done} of ${total}`;

// Ids of runs are given by callers: quoted, whatever is in them stays on one line.
const unopenedLine = ({ table, column, key }: UnopenedValue): string => {
  const names = Object.entries(key).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `${table}: ${column} of the row with ${names.join(' and ')} does not open and is left as it is`;
};

const verdict = ({ left, unopened }: ResealResult): string => {
  if (unopened > 0)
    return `${unopened} values do not open, another key or altered: restore their rows and run this again; the other keys are still needed`;
  return left.length === 0
    ? 'nothing is sealed with another key: the others can be taken out of the configuration'
    : 'put the keys that are missing into the configuration, or run this again if services still seal with them';
};

const lastLines = (result: ResealResult, currentId: string): readonly string[] => [
  `${result.resealed} values sealed anew with the key "${currentId}"`,
  ...result.left.map(({ table, keyId, count }) => `${table}: ${count} values are still sealed with the key "${keyId}"`),
  verdict(result),
];

/**
 * Seals everything in our store with the current key, while the services run, and prints how far it is and the row of
 * each value that does not open. Returns whether the other keys can go.
 * @throws ServiceError STORE_UNAVAILABLE, Error about keys; never with a value
 */
export const resealStore = async (config: ResealConfig, print: (line: string) => void): Promise<boolean> => {
  const { keyFile, encryptionKeys = readKeyFile(keyFile, { mustExist: true }).encryptionKeys } = config.secrets;
  const { currentId: currentKeyId, secrets: keys } = encryptionKeys;
  const result = await resealAll({
    ...config.database,
    keyRing: { currentKeyId, keys },
    onProgress: (progress) => print(progressLine(progress)),
    onUnopened: (value) => print(unopenedLine(value)),
  });
  for (const line of lastLines(result, currentKeyId)) print(line);
  return result.left.length === 0 && result.unopened === 0;
};
