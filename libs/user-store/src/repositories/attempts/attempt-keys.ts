import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import { type Identifier, identifierKey } from '@userferry/user-model';
import type { KeyRing } from '../../secrets/sealing.ts';
import { countedForm } from './counted-identifier.ts';

/** How many wrong passwords are borne, and how long one waits then. */
export type AttemptLimits = {
  readonly perIdentifierMax: number;
  readonly perAddressMax: number;
  /** A count lives that long after its first attempt, or after its last wait. */
  readonly windowMs: number;
  /** The first wait; every further attempt doubles it. */
  readonly firstWaitMs: number;
  readonly waitMsMax: number;
};

/** Who is being guessed at, and from where ('' when nobody knows). */
export type AttemptSubject = {
  readonly userPoolId: string;
  readonly who: Identifier | { readonly userId: string };
  readonly address: string;
};

type Key = { readonly key: Buffer; readonly max: number };

/**
 * The key of the person as spelled; that of all spellings that a legacy user store may take for the same person, whichever
 * kind of identifier they are said to be, `null` where it is a user of ours; and that of the address, `null` where none is known.
 */
type Keys = readonly [Key, Key | null, Key | null];

const NOBODY = Buffer.alloc(0);

/** Under which keys an attempt is counted, and how many each of them bears. */
export const createKeysOf = (keyRing: KeyRing, limits: AttemptLimits) => {
  const current = keyRing.keys.get(keyRing.currentKeyId) ?? NOBODY;
  const derived = hkdfSync('sha256', current, '', 'userferry:v1:login-attempts', 32);
  // As an object, of which nothing has to be made for each attempt.
  const macKey = createSecretKey(new Uint8Array(derived));
  const keysOf = ({ userPoolId, who, address }: AttemptSubject): Keys => {
    const mac = (...parts: string[]) =>
      createHmac('sha256', macKey)
        .update(JSON.stringify([userPoolId, ...parts]))
        .digest();
    const [max, maxOfAddress] = [limits.perIdentifierMax, limits.perAddressMax];
    return [
      { key: 'userId' in who ? mac('user', who.userId) : mac('identifier', who.kind, identifierKey(who)), max },
      'userId' in who ? null : { key: mac('spellings', countedForm(who)), max },
      address === '' ? null : { key: mac('address', address), max: maxOfAddress },
    ];
  };
  // A login is begun and settled under the same.
  const known = new WeakMap<AttemptSubject, Keys>();
  return (subject: AttemptSubject): Keys => {
    const keys = known.get(subject) ?? keysOf(subject);
    known.set(subject, keys);
    return keys;
  };
};
