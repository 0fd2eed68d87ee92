import { createHmac } from 'node:crypto';
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
};

/** bcrypt sees 72 bytes and stops at a NUL: 64 characters of base64 stand for the whole password instead. */
const peppered = ({ secrets }: Ring, pepperId: string, password: string): string => {
  const pepper = secrets.get(pepperId);
  if (pepper === undefined) {
    const known = [...secrets.keys()].join(', ');
    throw new Error(`there is no pepper "${pepperId}", with which a password was hashed; those given are: ${known}`);
  }
  return createHmac('sha384', pepper).update(password, 'utf8').digest('base64');
};

const hash = async ({ cost, peppers }: PasswordOptions, password: string): Promise<Credential> => {
  const pepperId = peppers.currentId;
  const text = await bcrypt.hash(peppered(peppers, pepperId, password), cost);
  return { scheme: SCHEME, version: VERSION, pepperId, cost, hash: text };
};

const verify = (peppers: Ring, password: string, credential: Credential): Promise<boolean> => {
  if (credential.scheme !== SCHEME || credential.version !== VERSION)
    throw new Error(`a password was hashed with a scheme that this version does not know: ${credential.scheme}`);
  return bcrypt.compare(peppered(peppers, credential.pepperId, password), credential.hash);
};

const refuseWeak = (password: string, charactersMin: number): void => {
  const problem = newPasswordProblem(password, charactersMin);
  if (problem !== undefined) throw new ServiceError('PASSWORD_TOO_WEAK', problem);
};

const withQueue = (options: PasswordOptions, queue: BoundedQueue, nobody: Credential): PasswordHasher => ({
  hash: (password, signal) => queue(() => hash(options, password), signal),
  hashNew: async (password, signal) => {
    refuseWeak(password, options.newPasswordCharactersMin);
    return queue(() => hash(options, password), signal);
  },
  verify: (password, credential, signal) => queue(async () => verify(options.peppers, password, credential), signal),
  verifyNobody: async (password, signal) => {
    await queue(async () => verify(options.peppers, password, nobody), signal);
    return false;
  },
});

/** Our hash: bcrypt over base64(HMAC-SHA-384(pepper, password)). Source: contract, "The two modes". */
export const createPasswordHasher = async (options: PasswordOptions): Promise<PasswordHasher> =>
  withQueue(options, createBoundedQueue(options), await hash(options, ''));
