import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import { type Identifier, identifierKey } from '@userferry/user-model';
import type { KeyRing } from '../../secrets/sealing.ts';
import { countedForm } from './counted-identifier.ts';
import { NOWHERE, placeOf } from './known-addresses.ts';

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

/** Under what an attempt counts: where its user has logged in before from that place, the place's key stands for the first two. */
type Counted = { readonly keys: Keys; readonly place: readonly unknown[] };

const NOBODY = Buffer.alloc(0);

/** Under which keys an attempt is counted, and how many each of them bears. */
export const createCountedOf = (keyRing: KeyRing, limits: AttemptLimits) => {
  const current = keyRing.keys.get(keyRing.currentKeyId) ?? NOBODY;
  const derived = hkdfSync('sha256', current, '', 'userferry:v1:login-attempts', 32);
  // As an object, of which nothing has to be made for each attempt.
  const macKey = createSecretKey(new Uint8Array(derived));
  const countedOf = ({ userPoolId, who, address }: AttemptSubject): Counted => {
    const mac = (...parts: string[]) =>
      createHmac('sha256', macKey)
        .update(JSON.stringify([userPoolId, ...parts]))
        .digest();
    const [max, maxOfAddress] = [limits.perIdentifierMax, limits.perAddressMax];
    const ofAddress = address === '' ? null : { key: mac('address', address), max: maxOfAddress };
    if ('userId' in who) return { keys: [{ key: mac('user', who.userId), max }, null, ofAddress], place: NOWHERE };
    const spelled = { key: mac('identifier', who.kind, identifierKey(who)), max };
    const place = placeOf({ userPoolId, who, address }, mac);
    return { keys: [spelled, { key: mac('spellings', countedForm(who)), max }, ofAddress], place };
  };
  // A login is begun and settled under the same.
  const known = new WeakMap<AttemptSubject, Counted>();
  return (subject: AttemptSubject): Counted => {
    const counted = known.get(subject) ?? countedOf(subject);
    known.set(subject, counted);
    return counted;
  };
};
