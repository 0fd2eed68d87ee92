import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Mechanism, MongodbUser } from '../double-options.ts';
import { saslPrepare } from './sasl-prepare.ts';

/** What a server keeps of a password for one mechanism. */
export type Credential = {
  hash: 'sha1' | 'sha256';
  salt: Buffer;
  iterations: number;
  storedKey: Buffer;
  serverKey: Buffer;
};

/** A user as the server knows them. */
export type Account = {
  readonly user: string;
  readonly database: string;
  readonly mechanisms: readonly Mechanism[];
  /** Made at the first login. */
  readonly credential: (mechanism: Mechanism) => Credential;
};

const SCRAM: readonly Mechanism[] = ['SCRAM-SHA-1', 'SCRAM-SHA-256'];

/** Iterations and salt as a server has them by default. */
const derive = ({ user, password = '' }: MongodbUser, mechanism: Mechanism): Credential => {
  const isOld = mechanism === 'SCRAM-SHA-1';
  const hash = isOld ? 'sha1' : 'sha256';
  const [saltBytes, keyBytes, iterations] = isOld ? [16, 20, 10_000] : [28, 32, 15_000];
  const secret = isOld ? createHash('md5').update(`${user}:mongo:${password}`).digest('hex') : saslPrepare(password);
  const salt = randomBytes(saltBytes);
  const salted = pbkdf2Sync(secret, salt, iterations, keyBytes, hash);
  const clientKey = createHmac(hash, salted).update('Client Key').digest();
  return {
    hash,
    salt,
    iterations,
    storedKey: createHash(hash).update(clientKey).digest(),
    serverKey: createHmac(hash, salted).update('Server Key').digest(),
  };
};

/** The account of a user. */
export const createAccount = (user: MongodbUser): Account => {
  const credentials = new Map<Mechanism, Credential>();
  const mechanisms = user.mechanisms ?? SCRAM;
  return {
    user: user.user,
    database: user.database ?? (mechanisms.includes('MONGODB-X509') ? '$external' : 'admin'),
    mechanisms,
    credential: (mechanism) => {
      const credential = credentials.get(mechanism) ?? derive(user, mechanism);
      credentials.set(mechanism, credential);
      return credential;
    },
  };
};
