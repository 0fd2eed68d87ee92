import type { Metadata } from '@grpc/grpc-js';

/** To which replica a call goes, of a client that was made with `affinity`. */
export type Affinity = {
  /** Calls of one key go to the same replica, its home, while that is there and has few of them. */
  readonly key: string;
  /** How many replicas were asked before: the next one in the key's order is asked, and after the last its home again. */
  readonly choice: number;
  /** Where all were asked before, the call fails as SERVICE_UNAVAILABLE at once. */
  readonly isOnlyOther?: boolean;
};

const KEY = 'affinity-key';
const CHOICE = 'affinity-choice';
const ONLY_OTHER = 'affinity-only-other';

/** Tells the balancer, which sees nothing of a call but its metadata. */
export const putAffinity = (metadata: Metadata, { key, choice, isOnlyOther = false }: Affinity): void => {
  metadata.set(KEY, key);
  metadata.set(CHOICE, String(choice));
  if (isOnlyOther) metadata.set(ONLY_OTHER, 'yes');
};

/** Takes it out again, so that no replica is told. */
export const takeAffinity = (metadata: Metadata): Affinity | undefined => {
  const [key] = metadata.get(KEY);
  if (key === undefined) return undefined;
  const choice = Number(metadata.get(CHOICE)[0]);
  const isOnlyOther = metadata.get(ONLY_OTHER).length > 0;
  for (const name of [KEY, CHOICE, ONLY_OTHER]) metadata.remove(name);
  return { key: String(key), choice, isOnlyOther };
};
