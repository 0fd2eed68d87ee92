import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import { newPasswordProblem } from '@userferry/user-model';
import type { Credential } from '@userferry/user-store';
import bcrypt from 'bcrypt';
import type { Ring } from '../secrets/parse-ring.ts';
import { type BoundedQueue, createBoundedQueue, type QueueLimits } from './bounded-queue.ts';

const SCHEME = 'bcrypt-hmac-sha384';
const VERSION = 1;

export type PasswordOptions = QueueLimits & {
  /** bcrypt's cost for new hashes. */
  readonly cost: number;
  readonly peppers: Ring;
  /** The fewest characters of a password that somebody chooses now. */
  readonly newPasswordCharactersMin: number;
};

/** Makes and checks our hashes. Each call waits its turn: ServiceError SERVICE_UNAVAILABLE when too many wait. */
export type PasswordHasher = {
  /** Of a password that was proven: no rule is held against it, which would lock its owner out. */
  readonly hash: (password: string, signal: AbortSignal) => Promise<Credential>;
  /** Of a password that somebody chooses now. Throws ServiceError PASSWORD_TOO_WEAK. */
  readonly hashNew: (password: string, signal: AbortSignal) => Promise<Credential>;
  /** @throws Error naming the pepper that is missing */
  readonly verify: (password: string, credential: Credential, signal: AbortSignal) => Promise<boolean>;
  /** Takes as long as a check and says no: for users of whom there is nothing to check. */
  readonly verifyNobody: (password: string, signal: AbortSignal) => Promise<false>;
  /**
   * A hash of today's cost and pepper, of a password that this one was just found to be of. `undefined` where it is today's
   * already, or logins want the processor: a later login will do.
   */
  readonly renew: (password: string, credential: Credential) => Promise<Credential | undefined>;
  /** Nobody would wait for a hash that may turn out to be for nothing. */
  readonly isSlack: () => boolean;
};

/** As objects, of which nothing has to be made for each password. */
type Peppers = { readonly currentId: string; readonly keys: ReadonlyMap<string, KeyObject> };

const peppersOf = ({ currentId, secrets }: Ring): Peppers => ({
  currentId,
  keys: new Map(Array.from(secrets, ([id, secret]) => [id, createSecretKey(secret)])),
});

/** bcrypt sees 72 bytes and stops at a NUL: 64 characters of base64 stand for the whole password instead. */
const peppered = ({ keys }: Peppers, pepperId: string, password: string): string => {
  const pepper = keys.get(pepperId);
  if (pepper === undefined) {
    const known = [...keys.keys()].join(', ');
    throw new Error(`there is no pepper "${pepperId}", with which a password was hashed; those given are: ${known}`);
  }
  return createHmac('sha384', pepper).update(password, 'utf8').digest('base64');
};

const hash = async (peppers: Peppers, cost: number, password: string): Promise<Credential> => {
  const pepperId = peppers.currentId;
  // Sixteen random bytes: made here, or they would wait in the thread pool before the hash does.
  const text = await bcrypt.hash(peppered(peppers, pepperId, password), bcrypt.genSaltSync(cost));
  return { scheme: SCHEME, version: VERSION, pepperId, cost, hash: text };
};

/** The costs of the hashes that take as long together as one of `today` and not of `cost`: each doubles the one before. */
export const costsToMakeUp = (cost: number, today: number): readonly number[] =>
  Array.from({ length: Math.max(0, today - cost) }, (_, more) => cost + more);

/** A refusal takes as long for a hash of before the cost was raised as for nobody: time must not tell who exists. */
const verifyAsLong = async (means: Pick<Means, 'peppers' | 'nobody'>, password: string, credential: Credential) => {
  const right = await verify(means.peppers, password, credential);
  if (right) return true;
  for (const cost of costsToMakeUp(credential.cost, means.nobody.cost)) await bcrypt.hash('', bcrypt.genSaltSync(cost));
  return false;
};

const verify = (peppers: Peppers, password: string, credential: Credential): Promise<boolean> => {
  if (credential.scheme !== SCHEME || credential.version !== VERSION)
    throw new Error(`a password was hashed with a scheme that this version does not know: ${credential.scheme}`);
  return bcrypt.compare(peppered(peppers, credential.pepperId, password), credential.hash);
};

const refuseWeak = (password: string, charactersMin: number): void => {
  const problem = newPasswordProblem(password, charactersMin);
  if (problem !== undefined) throw new ServiceError('PASSWORD_TOO_WEAK', problem);
};

type Means = { readonly peppers: Peppers; readonly queue: BoundedQueue; readonly nobody: Credential };

/** One at a time, and none that logins would have to wait for. */
const createRenewal = ({ peppers, queue, nobody }: Means): PasswordHasher['renew'] => {
  const { scheme, version, pepperId, cost } = nobody;
  const isOfToday = (one: Credential): boolean =>
    one.scheme === scheme && one.version === version && one.pepperId === pepperId && one.cost === cost;
  const whole = new AbortController().signal;
  let isBusy = false;
  return async (password, credential) => {
    if (isOfToday(credential) || isBusy || !(queue.isSlack() || queue.isIdle())) return undefined;
    isBusy = true;
    try {
      return await queue.run(() => hash(peppers, cost, password), whole);
    } finally {
      isBusy = false;
    }
  };
};

const withQueue = ({ cost, newPasswordCharactersMin }: PasswordOptions, means: Means): PasswordHasher => {
  const { peppers, queue, nobody } = means;
  return {
    hash: (password, signal) => queue.run(() => hash(peppers, cost, password), signal),
    hashNew: async (password, signal) => {
      refuseWeak(password, newPasswordCharactersMin);
      return queue.run(() => hash(peppers, cost, password), signal);
    },
    verify: (password, credential, signal) => queue.run(async () => verifyAsLong(means, password, credential), signal),
    verifyNobody: async (password, signal) => {
      await queue.run(async () => verify(peppers, password, nobody), signal);
      return false;
    },
    renew: createRenewal(means),
    isSlack: queue.isSlack,
  };
};

/** Our hash: bcrypt over base64(HMAC-SHA-384(pepper, password)). Source: contract, "The two modes". */
export const createPasswordHasher = async (options: PasswordOptions): Promise<PasswordHasher> => {
  const peppers = peppersOf(options.peppers);
  const nobody = await hash(peppers, options.cost, '');
  return withQueue(options, { peppers, queue: createBoundedQueue(options), nobody });
};
