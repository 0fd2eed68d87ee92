import { readKeyFile, type Secrets } from './key-file.ts';
import type { Ring } from './parse-ring.ts';

export type SecretSources = {
  readonly encryptionKeys?: Ring | undefined;
  readonly peppers?: Ring | undefined;
  readonly keyFile: string;
};

/** What the environment sets, and the key file for what it does not; the file is not touched when nothing is missing. */
export const loadSecrets = ({ encryptionKeys, peppers, keyFile }: SecretSources): Secrets => {
  if (encryptionKeys !== undefined && peppers !== undefined) return { encryptionKeys, peppers };
  const file = readKeyFile(keyFile);
  return { encryptionKeys: encryptionKeys ?? file.encryptionKeys, peppers: peppers ?? file.peppers };
};
