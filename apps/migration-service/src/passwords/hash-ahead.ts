import { count } from '@userferry/telemetry';
import type { Credential } from '@userferry/user-store';
import type { PasswordHasher } from './password-hasher.ts';

/** Our hash of a password that a script is still asked about. Disposed of without `take`, it was for nothing. */
export type HashAhead = Disposable & {
  /** The password was proven: the hash, if it was begun, else one that begins now. */
  readonly take: () => Promise<Credential>;
};

/** How much the newest answer weighs in what is known of the last ones. */
const NEWEST = 1 / 16;

/**
 * Begins hashes while scripts run, so that a first login takes as long as the slower of the two and not as long as both.
 * They are half of the hashes at the most, and none while most runs prove nothing (wrong passwords, outages): whoever tries
 * what nobody has costs us no processor.
 */
export const createHashAhead = (passwords: Pick<PasswordHasher, 'hash' | 'isSlack'>) => {
  let provenShare = 1;
  const learn = (proven: boolean): void => {
    provenShare += NEWEST * (Number(proven) - provenShare);
  };

  return (password: string, signal: AbortSignal): HashAhead => {
    const isWorthwhile = provenShare > 0.5 && passwords.isSlack();
    const hash = (): Promise<Credential> => {
      const hashing = passwords.hash(password, signal);
      // Whether it came to anything is told to who waits for it, which may be nobody.
      hashing.catch(() => undefined);
      return hashing;
    };
    const begun = isWorthwhile ? hash() : undefined;
    let taken = false;
    return {
      take: () => {
        taken = true;
        return begun ?? hash();
      },
      [Symbol.dispose]: () => {
        learn(taken);
        if (begun !== undefined) count('userferry_password_hashes_ahead_total', { result: taken ? 'used' : 'unused' });
      },
    };
  };
};

export type BeginHashAhead = ReturnType<typeof createHashAhead>;
